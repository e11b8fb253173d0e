"""The ECS room: a cluster and the services of the environment file that run on it."""

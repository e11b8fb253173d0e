"""The EKS room: a private Kubernetes cluster and what runs in it."""

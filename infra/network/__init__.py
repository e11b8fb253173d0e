"""The network room: VPC, tiers, security groups, endpoints and the logs of all traffic."""

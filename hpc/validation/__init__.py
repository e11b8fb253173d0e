"""Proves a cluster configuration: AWS's own validators, and rules of ours."""

"""Lambda code of the HPC room: what guards a cluster's updates. Standard library and boto3 only."""

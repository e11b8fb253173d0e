"""Slurm clusters: described in the environment file, proven before they are paid for."""

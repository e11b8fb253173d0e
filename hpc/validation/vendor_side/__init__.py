"""Runs in the virtual environment of aws-parallelcluster; imports nothing of this project."""

"""Constructs of the MLOps room, one concern a module."""

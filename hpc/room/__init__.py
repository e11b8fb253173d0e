"""Constructs of the HPC room, one concern a module."""

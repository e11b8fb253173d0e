"""Measured figures: `make bench`. Ratios compare two things in one run on one machine."""

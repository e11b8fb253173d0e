"""The rooms of the platform and their configuration."""

"""The two delivered services, and what serves them: TLS, logs, and an end without lost requests."""

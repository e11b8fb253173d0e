"""Lambda code of the network room."""

"""The registry room: where the images of services come from."""

"""The security room: keys of the data classes and of the logs."""

"""The edge room: what stands between the Internet and the services."""

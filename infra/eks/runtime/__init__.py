"""What runs in Lambda to bring objects and charts into the private cluster."""

"""Lambda functions of the MLOps room."""

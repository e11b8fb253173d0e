"""What runs in Lambda; no CDK here."""

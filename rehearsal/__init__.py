"""The rehearsal: the real CDK CLI deploys the real templates to a local AWS, and records flow."""

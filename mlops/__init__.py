"""MLOps: pipelines that run on the laptop and in SageMaker, models served, watched and released."""

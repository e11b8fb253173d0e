"""The inference service: SageMaker's contract, /ping and /invocations, from the same code."""

"""Inference on numpy alone: the same archive and code in SageMaker, on ECS/EKS and in Lambda.

A model is JSON, not a pickle: loading one runs no code.
"""

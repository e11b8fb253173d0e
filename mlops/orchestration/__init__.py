"""The same pipeline under other orchestrators: Airflow and Kubeflow start the same SageMaker jobs.

Both are generated from the definition that SageMaker Pipelines takes; both call
`mlops.orchestration.step` for each step, which needs boto3 only.
"""

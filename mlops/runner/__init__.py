"""The local runner: executes the very JSON that SageMaker Pipelines takes, without Docker or AWS.

>>> from mlops.runner.run import Options, run
>>> result = run(definition, Options(folder=Path("build/mlops/runs/1")))
"""

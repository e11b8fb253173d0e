"""Training spread over several instances, by setting."""

from typing import Any

from mlops.pipeline_definition.settings import Distribution

# Hyperparameters by which SageMaker's training toolkit starts its launchers:
# https://github.com/aws/sagemaker-training-toolkit
_TOOLKIT = {
    Distribution.SAGEMAKER: {"sagemaker_distributed_dataparallel_enabled": "true"},
    Distribution.HOROVOD: {
        "sagemaker_mpi_enabled": "true",
        "sagemaker_mpi_num_of_processes_per_host": "1",
        "sagemaker_mpi_custom_mpi_options": "--NCCL_DEBUG WARN",
    },
}


def distributed(job: dict[str, Any], distribution: Distribution) -> dict[str, Any]:
    """Return a training request that is started by the launcher of a distribution.

    With torchrun, `python3 -m mlops.steps train` starts it itself, on every instance. The other
    two need an image with SageMaker's training toolkit, whose own entry point is then used.
    """
    if distribution == Distribution.NONE:
        return job
    job = {**job, "Environment": {**job["Environment"], "DISTRIBUTION": str(distribution)}}
    if distribution == Distribution.TORCHRUN:
        return job
    specification = {
        k: v for k, v in job["AlgorithmSpecification"].items() if k != "ContainerEntrypoint"
    }
    program = {"sagemaker_program": "train.py", "sagemaker_submit_directory": "/opt/ml/code"}
    hyperparameters = {**job["HyperParameters"], **program, **_TOOLKIT[distribution]}
    return {**job, "AlgorithmSpecification": specification, "HyperParameters": hyperparameters}

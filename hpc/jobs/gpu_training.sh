#!/bin/bash
#SBATCH --job-name=gpu-training
#SBATCH --nodes=1
#SBATCH --ntasks-per-node=1
#SBATCH --time=08:00:00
#SBATCH --requeue
#SBATCH --output=%x-%j.out
# Trains with the step code of the pipelines, in the container contract that it expects.
#
#   sbatch --partition=train --nodes=2 --gpus-per-node=8 gpu_training.sh \
#       python3 -m mlops.steps train
#
# The command is started once a node; it finds data and peers in SM_* as in SageMaker.
#
# IRYO_TRAIN        folder of the training data (channel train)
# IRYO_VALIDATION   folder of the validation data, if any
# IRYO_MODEL        folder for the model; checkpoints go to its folder checkpoints, so a requeued job
#                   goes on with them
# IRYO_PARAMETERS   hyperparameters as a JSON object (default: {})
# IRYO_CODE         folder with the code, put on PYTHONPATH
set -euo pipefail

if (($# == 0)); then
    echo "no command was given, for example: python3 -m mlops.steps train" >&2
    exit 2
fi
: "${IRYO_TRAIN:?IRYO_TRAIN is required: the folder of the training data}"
: "${IRYO_MODEL:?IRYO_MODEL is required: the folder for the model}"
mkdir -p "$IRYO_MODEL/checkpoints" "$IRYO_MODEL/output"

gpus=${SLURM_GPUS_ON_NODE:-0}
if ((gpus > 0)); then
    seen=$(nvidia-smi --list-gpus | wc -l)
    if ((seen < gpus)); then
        echo "$gpus GPUs were asked for, $seen are there: the node is broken, requeueing" >&2
        scontrol requeue "$SLURM_JOB_ID"
        exit 1
    fi
    if command -v fi_info >/dev/null && fi_info --provider efa >/dev/null 2>&1; then
        export FI_PROVIDER=efa FI_EFA_USE_DEVICE_RDMA=1
    fi
fi

hosts=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | sed 's/.*/"&"/' | paste -sd,)
export SM_HOSTS="[$hosts]"
export SM_NUM_GPUS=$gpus
export SM_CHANNEL_TRAIN=$IRYO_TRAIN
[[ -z ${IRYO_VALIDATION:-} ]] || export SM_CHANNEL_VALIDATION=$IRYO_VALIDATION
export SM_MODEL_DIR=$IRYO_MODEL
export SM_OUTPUT_DATA_DIR=$IRYO_MODEL/output
export SM_CHECKPOINT_DIR=$IRYO_MODEL/checkpoints
export SM_HPS=${IRYO_PARAMETERS:-"{}"}
export PYTHONPATH=${IRYO_CODE:-$SLURM_SUBMIT_DIR}${PYTHONPATH:+:$PYTHONPATH}
MASTER_ADDR=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
export MASTER_ADDR MASTER_PORT=${MASTER_PORT:-29500}

# SLURMD_NODENAME is known on each node only, so the name is set there.
srun --kill-on-bad-exit=1 bash -c 'SM_CURRENT_HOST=$SLURMD_NODENAME exec "$@"' step "$@"

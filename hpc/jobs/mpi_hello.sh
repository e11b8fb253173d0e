#!/bin/bash
#SBATCH --job-name=mpi-hello
#SBATCH --ntasks=4
#SBATCH --time=00:10:00
#SBATCH --output=%x-%j.out
# The first job on a new queue: do all ranks find each other, and over EFA?
#
#   sbatch --partition=mpi --nodes=2 --ntasks-per-node=64 mpi_hello.sh
#
# IRYO_JOBS         folder of mpi_hello.c (default: where it was submitted from)
# IRYO_REQUIRE_EFA  1: fail when the nodes have no EFA. Set it on queues with efa = true.
# IRYO_MPI          how srun starts ranks (default: pmix)
set -euo pipefail

jobs=${IRYO_JOBS:-$SLURM_SUBMIT_DIR}
export PATH="/opt/amazon/openmpi/bin:/opt/amazon/efa/bin:$PATH"

if command -v fi_info >/dev/null && fi_info --provider efa >/dev/null 2>&1; then
    export FI_PROVIDER=efa
    echo "efa=yes"
else
    echo "efa=no"
    if [[ ${IRYO_REQUIRE_EFA:-0} == 1 ]]; then
        echo "this node has no EFA: check efa, the security group and the instance type" >&2
        exit 1
    fi
fi

work=$(mktemp -d "$SLURM_SUBMIT_DIR/.mpi-hello.XXXXXX")
trap 'rm -rf "$work"' EXIT
mpicc -O2 -o "$work/mpi_hello" "$jobs/mpi_hello.c"
srun --mpi="${IRYO_MPI:-pmix}" "$work/mpi_hello"

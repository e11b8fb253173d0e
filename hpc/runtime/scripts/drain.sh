#!/bin/bash
# Lets no waiting job start and prints how many still run. May run any number of times.
# State DOWN: jobs may be submitted and wait. (DRAIN would refuse them, and let waiting ones start.)
set -euo pipefail
export PATH="/opt/slurm/bin:$PATH"
for queue in $(sinfo --noheader --format=%R | sort -u); do
    scontrol update "PartitionName=$queue" State=DOWN
done
squeue --noheader --states=RUNNING,COMPLETING,CONFIGURING,SUSPENDED --format=%i | wc -l

#!/bin/bash
# Prints a line a queue: name, idle, busy and broken nodes that run, jobs that wait.
# LIMITED: queues of Spot or GPU nodes. STOPPED=1: the budget is used up, they start no job.
set -euo pipefail
export PATH="/opt/slurm/bin:$PATH"
mark=${IRYO_MARK:-/var/lib/iryo/spending-stopped}
if [ "${STOPPED:-0}" = 1 ]; then
    mkdir -p "$(dirname "$mark")" && touch "$mark"
    for queue in ${LIMITED:-}; do scontrol update "PartitionName=$queue" State=DOWN; done
elif [ -e "$mark" ]; then
    for queue in ${LIMITED:-}; do scontrol update "PartitionName=$queue" State=UP; done
    rm -f "$mark"
fi
for queue in $(sinfo --noheader --format=%R | sort -u); do
    # The mark behind a state says how the node is: ~ powered down (%, # changing), * no answer.
    sinfo --noheader --partition="$queue" --Node --format=%T | awk -v queue="$queue" '
        /~$/ { next }
        /^(down|drain|drained|draining|fail|failing|error|unknown)/ || /\*$/ { broken++; next }
        /^idle/ && !/[%#]$/ { idle++; next }
        { busy++ }
        END { printf "%s %d %d %d ", queue, idle, busy, broken }'
    squeue --noheader --partition="$queue" --states=PENDING --array --format=%i | wc -l
done

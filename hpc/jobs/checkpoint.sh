#!/bin/bash
#SBATCH --job-name=checkpoint
#SBATCH --ntasks=1
#SBATCH --time=04:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:USR1@120
#SBATCH --output=%x-%j.out
# Runs a program on Spot nodes: it saves its state when the node is taken away, and goes on with it
# on another.
#
#   sbatch --partition=general checkpoint.sh python3 my_program.py --state /fsx/me/state
#
# The program gets SIGUSR1 when it must save and end, and has 90 seconds for it. It ends with 0 when
# its work is done, with 75 (EX_TEMPFAIL) when it saved and wants to go on later. checkpoint.py shows
# how. Reasons to save: EC2's interruption notice (two minutes ahead), the job's time limit, and
# preemption or `scontrol requeue` by an operator.
#
# IRYO_IMDS           address of the instance metadata (default: the link-local one)
# IRYO_NOTICE_SECONDS how often to ask for a notice (default: 5, as AWS recommends)
# IRYO_MAX_RESTARTS   give up after so many (default: 20)
set -uo pipefail

readonly save_later=75
imds=${IRYO_IMDS:-http://169.254.169.254}
every=${IRYO_NOTICE_SECONDS:-5}

if (($# == 0)); then
    echo "no command was given, for example: python3 my_program.py" >&2
    exit 2
fi
if ((${SLURM_RESTART_COUNT:-0} > ${IRYO_MAX_RESTARTS:-20})); then
    echo "restarted ${SLURM_RESTART_COUNT} times: giving up" >&2
    exit 1
fi

noticed() {
    local token
    token=$(curl --silent --fail --max-time 2 --request PUT "$imds/latest/api/token" \
        --header 'X-aws-ec2-metadata-token-ttl-seconds: 60') || return 1
    curl --silent --fail --max-time 2 --output /dev/null \
        --header "X-aws-ec2-metadata-token: $token" "$imds/latest/meta-data/spot/instance-action"
}

watch_for_notice() {
    until noticed; do sleep "$every"; done
    echo "notice: this Spot node ends in two minutes"
    kill -USR1 "$$"
}

save() {
    echo "saving"
    kill -USR1 "$program" 2>/dev/null
}

"$@" &
program=$!
trap save USR1 TERM
watch_for_notice &
watcher=$!

# A signal ends `wait` early, so ask until the program itself has ended.
while true; do
    wait "$program"
    status=$?
    kill -0 "$program" 2>/dev/null || break
done
trap - USR1 TERM
kill "$watcher" 2>/dev/null

if ((status == save_later)); then
    echo "requeueing after start $((${SLURM_RESTART_COUNT:-0} + 1))"
    scontrol requeue "$SLURM_JOB_ID"
    # Slurm ends this shell; a status of its own would count as a failure.
    sleep 60
fi
exit "$status"

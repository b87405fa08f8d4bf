#!/usr/bin/env bash
# Has the job go on from its newest checkpoint, then does what the Flink image does.
#
# Without ZooKeeper or Kubernetes, a job manager that starts again knows nothing of the checkpoints that the one before it
# took. They are files, and a checkpoint is complete once it has its _metadata: here the newest is found and handed over.
# Flink leaves the checkpoint that it started from where it is, so that older jobs' are removed here.
# FRESHET_CHECKPOINTS: the folder of execution.checkpointing.dir, of this job alone; without it, nothing is looked for.
set -euo pipefail
if [[ ${1:-} == standalone-job && -n ${FRESHET_CHECKPOINTS:-} ]]; then
  newest=$(find "$FRESHET_CHECKPOINTS" -path '*/chk-*/_metadata' -printf '%T@ %h\n' | sort -rn | head -n 1 | cut -d' ' -f2-)
  if [[ -n $newest ]]; then
    echo "resume: from $newest" >&2
    # It needs nothing of the jobs before its own, whose folders are named by 32 hexadecimal digits.
    find "$FRESHET_CHECKPOINTS" -mindepth 1 -maxdepth 1 -type d -regextype posix-extended -regex '.*/[0-9a-f]{32}' \
      ! -path "${newest%/*}" -exec rm -r {} +
    set -- standalone-job --fromSavepoint "$newest" "${@:2}"
  else
    echo "resume: no checkpoint in $FRESHET_CHECKPOINTS, from the beginning" >&2
  fi
fi
exec /docker-entrypoint.sh "$@"

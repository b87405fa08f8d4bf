#!/usr/bin/env bash
# Has the job go on from its newest checkpoint, then does what the Flink image does.
#
# Without ZooKeeper or Kubernetes, a job manager that starts again knows nothing of the checkpoints that the one before it
# took. They are files, and a checkpoint is complete once it has its _metadata: here the newest is found and handed over.
# FRESHET_CHECKPOINTS: the folder of execution.checkpointing.dir; without it, nothing is looked for.
set -euo pipefail
if [[ ${1:-} == standalone-job && -n ${FRESHET_CHECKPOINTS:-} ]]; then
  newest=$(find "$FRESHET_CHECKPOINTS" -path '*/chk-*/_metadata' -printf '%T@ %h\n' | sort -rn | head -n 1 | cut -d' ' -f2-)
  if [[ -n $newest ]]; then
    echo "resume: from $newest" >&2
    set -- standalone-job --fromSavepoint "$newest" "${@:2}"
  else
    echo "resume: no checkpoint in $FRESHET_CHECKPOINTS, from the beginning" >&2
  fi
fi
exec /docker-entrypoint.sh "$@"

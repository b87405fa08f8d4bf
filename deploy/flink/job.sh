#!/usr/bin/env bash
# Submits the job to a Flink session cluster, and replaces it with another version or parallelism. Each command checks on the
# cluster that it did what it says, and fails otherwise.
#
# Usage: deploy/flink/job.sh COMMAND
#
#   submit JAR PARALLELISM [JOB_OPTION...]                     starts the job from scratch, or with --resume from a checkpoint
#   savepoint                                                  takes a savepoint of the running job
#   stop                                                       stops the job with a savepoint
#   replace JAR PARALLELISM [JOB_OPTION...]                    stops the job with a savepoint and starts JAR from it: an upgrade,
#                                                              or with the same JAR and another PARALLELISM, a rescaling
#   restore SAVEPOINT JAR PARALLELISM [JOB_OPTION...]          starts JAR from a savepoint: after stop, or to roll back. Cancels
#                                                              the running job, and learns the samples since the savepoint again
#
# Job options are those of `freshet job --help`; give each time all of them. submit, replace, and restore print the job's id,
# savepoint and stop the savepoint. Everything else goes to standard error.
#
# FLINK_URL   the cluster, http://localhost:8081 by default
# FLINK_HOME  Flink 2.2; by default, flink is on the PATH
# SAVEPOINTS  the URL of a directory that the cluster can write, which stop, replace, and savepoint need
# PATIENCE    seconds to wait for each step, 120 by default
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=cluster.sh
source "$(dirname "${BASH_SOURCE[0]}")/cluster.sh"

launch() { # launch SAVEPOINT JAR PARALLELISM [JOB_OPTION...]
  (($# >= 3)) || usage
  local savepoint=$1 jar=$2 parallelism=$3 output job
  shift 3
  [[ -f $jar ]] || fail "$jar: no such file (expected: the job's jar)"
  check_parallelism "$parallelism"
  output=$("${FLINK_HOME:+$FLINK_HOME/bin/}flink" run -m "${URL#http://}" -d -p "$parallelism" "-Dfreshet.start-id=$START_ID" ${savepoint:+-s "$savepoint"} \
    -c "$MAIN" "$jar" "$@" 2>&1) || { echo "$output" >&2; fail "flink run: failed"; }
  job=$(grep -oE 'JobID [0-9a-f]{32}' <<<"$output" | cut -d' ' -f2) || { echo "$output" >&2; fail "flink run: printed no job id"; }
  echo "$job"
}

ended() { [[ $(ask "/jobs/$1" | field state) =~ ^(CANCELED|FINISHED|FAILED)$ ]]; }
await_end() { until_true "job $1: ended" ended "$1"; }

if [[ ${1:-} == submit ]]; then
  jobs=$(running)
  [[ -z $jobs ]] || fail "job $jobs: already running (expected: none; see replace)"
  start "" "${@:2}"
else
  run_command "$@"
fi

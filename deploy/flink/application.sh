#!/usr/bin/env bash
# Runs the job as a Flink application cluster, whose job manager starts and ends with the job, and replaces it with another version
# or parallelism. Each command checks on the cluster that it did what it says, and fails otherwise.
#
# Usage: deploy/flink/application.sh COMMAND
#
#   start PARALLELISM [JOB_OPTION...]                          starts the job from scratch, or with --resume from a checkpoint
#   savepoint                                                  takes a savepoint of the running job
#   stop                                                       stops the job with a savepoint, and so its job manager
#   replace PARALLELISM [JOB_OPTION...]                        stops the job with a savepoint and starts it from there: an upgrade
#                                                              if JOB_MANAGER has another version, or a rescaling
#   restore SAVEPOINT PARALLELISM [JOB_OPTION...]              starts the job from a savepoint: after stop, or to roll back. Cancels
#                                                              the running job, and learns the samples since the savepoint again
#
# Job options are those of `freshet job --help`; give each time all of them. start, replace, and restore print the job's id,
# savepoint and stop the savepoint. Everything else goes to standard error. Task managers are started by other means, and serve one
# job manager after the other.
#
# JOB_MANAGER  the command that starts a job manager in the background, to which options are added: by default, that of FLINK_HOME,
#              $FLINK_HOME/bin/standalone-job.sh start, with the job's jar in $FLINK_HOME/usrlib
# FLINK_URL    the cluster, http://localhost:8081 by default
# SAVEPOINTS   the URL of a directory that the cluster can write, which stop, replace, and savepoint need
# PATIENCE     seconds to wait for each step, 120 by default
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=cluster.sh
source "$(dirname "${BASH_SOURCE[0]}")/cluster.sh"

launch() { # launch SAVEPOINT PARALLELISM [JOB_OPTION...]
  (($# >= 2)) || usage
  local savepoint=$1 parallelism=$2 manager
  shift 2
  check_parallelism "$parallelism"
  read -ra manager <<<"${JOB_MANAGER:-${FLINK_HOME:?JOB_MANAGER or FLINK_HOME has to be set}/bin/standalone-job.sh start}"
  "${manager[@]}" "-Dparallelism.default=$parallelism" "-Dfreshet.start-id=$START_ID" ${savepoint:+--fromSavepoint "$savepoint"} --job-classname "$MAIN" "$@" >&2 ||
    fail "${manager[*]}: failed"
  until_true "$URL: a running job (see the log of the job manager)" has_job
  the_job
}

has_job() { reachable && [[ -n $(running) ]]; }
unreachable() { ! reachable; }
await_end() { until_true "$URL: end of the job manager" unreachable; }

if [[ ${1:-} == start ]]; then
  unreachable || fail "$URL: a job manager is already running (expected: none; see replace)"
  start "" "${@:2}"
else
  run_command "$@"
fi

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

# Commands name what to start from; the variable is for application clusters.
unset FRESHET_RESUME

readonly URL=${FLINK_URL:-http://localhost:8081} MAIN=io.freshet.job.FreshetJob PATIENCE=${PATIENCE:-120}
flink=${FLINK_HOME:+$FLINK_HOME/bin/}flink

say() { echo "job.sh: $*" >&2; }
fail() { say "$*"; exit 1; }
usage() { sed -n '/^# Usage/,/^set/s/^# \{0,1\}\(.*\)/\1/p' "$0" >&2; exit 2; }

# get PATH: an answer of the cluster's REST API.
get() { curl -fsS --max-time 10 "$URL$1" || fail "$URL$1: no answer (expected: Flink's REST API)"; }

# field NAME: the value of the first field with that name in the JSON on standard input.
field() { grep -oE "\"$1\":(\"[^\"]*\"|[0-9]+)" | head -1 | sed -E 's/^"[^"]*":"?//; s/"$//'; }

until_true() { # until_true WHAT COMMAND...
  local what=$1 end=$((SECONDS + PATIENCE))
  shift
  until "$@"; do
    ((SECONDS < end)) || fail "$what: not within $PATIENCE s"
    sleep 1
  done
}

# running: the ids of the running jobs of Freshet.
running() {
  local overview
  overview=$(get /jobs/overview) || exit 1
  grep -oE '\{"jid":[^}]*"name":"freshet [^}]*' <<<"$overview" |
    grep -E '"state":"(RUNNING|RESTARTING|CREATED|INITIALIZING)"' | grep -oE '"jid":"[^"]*"' | cut -d'"' -f4 || true
}

the_job() {
  local jobs
  jobs=$(running) || exit 1
  [[ -n $jobs ]] || fail "$URL: no running job of Freshet"
  (($(wc -l <<<"$jobs") == 1)) || fail "$URL: $(wc -l <<<"$jobs") running jobs of Freshet (expected: one): ${jobs//$'\n'/, }"
  echo "$jobs"
}

state_is() { [[ $(get "/jobs/$1" | field state) == "$2" ]]; }
ended() { [[ $(get "/jobs/$1" | field state) =~ ^(CANCELED|FINISHED|FAILED)$ ]]; }
all_tasks_run() {
  local tasks
  tasks=$(get "/jobs/$1" | grep -oE '"vertices":.*' | grep -oE '"status":"[A-Z]+"' | sort -u)
  [[ $tasks == '"status":"RUNNING"' ]]
}
has_checkpoint() { (($(get "/jobs/$1/checkpoints" | field completed) > 0)); }
restored() { get "/jobs/$1/checkpoints" | grep -oE '"restored":\{[^}]*\}' | field external_path; }

# start JAR PARALLELISM SAVEPOINT [JOB_OPTION...]: SAVEPOINT is empty for none.
start() {
  local jar=$1 parallelism=$2 savepoint=$3 output job
  shift 3
  [[ -f $jar ]] || fail "$jar: no such file (expected: the job's jar)"
  [[ $parallelism =~ ^[1-9][0-9]*$ ]] || fail "parallelism: $parallelism (expected: a number from 1 to 128)"
  output=$("$flink" run -m "${URL#http://}" -d -p "$parallelism" ${savepoint:+-s "$savepoint"} -c "$MAIN" "$jar" "$@" 2>&1) ||
    { echo "$output" >&2; fail "flink run: failed"; }
  job=$(grep -oE 'JobID [0-9a-f]{32}' <<<"$output" | cut -d' ' -f2)
  [[ -n $job ]] || { echo "$output" >&2; fail "flink run: printed no job id"; }
  until_true "job $job: all tasks running" all_tasks_run "$job"
  if [[ -n $savepoint ]]; then
    [[ $(restored "$job") == *"${savepoint#*:}"* ]] || fail "job $job: restored '$(restored "$job")' (expected: $savepoint)"
  fi
  until_true "job $job: a completed checkpoint" has_checkpoint "$job"
  say "job $job: running with parallelism $parallelism${savepoint:+, from $savepoint}"
  echo "$job"
}

# savepoint [OPTION]: takes a savepoint with flink's command, savepoint or stop, and prints where it is.
take_savepoint() {
  local command=$1 job=$2 output path
  : "${SAVEPOINTS:?job.sh: SAVEPOINTS: not set (expected: the URL of a directory, such as file:///savepoints)}"
  if [[ $command == stop ]]; then
    output=$("$flink" stop -m "${URL#http://}" --savepointPath "$SAVEPOINTS" "$job" 2>&1) ||
      { echo "$output" >&2; fail "flink stop: failed; job $job: $(get "/jobs/$job" | field state)"; }
    until_true "job $job: finished" state_is "$job" FINISHED
  else
    output=$("$flink" savepoint -m "${URL#http://}" "$job" "$SAVEPOINTS" 2>&1) ||
      { echo "$output" >&2; fail "flink savepoint: failed"; }
  fi
  path=$(grep -oE '[a-z0-9]+:/[^ ]*savepoint-[^ ]+' <<<"$output" | tail -1)
  [[ -n $path ]] || { echo "$output" >&2; fail "flink $command: printed no savepoint"; }
  [[ $path != file:* || -s ${path#file:}/_metadata ]] || say "$path: not visible here; not checked"
  say "savepoint of job $job: $path"
  echo "$path"
}

command=${1:-}
shift || usage
case $command in
  submit)
    (($# >= 2)) || usage
    jobs=$(running)
    [[ -z $jobs ]] || fail "job $jobs: already running (expected: none; see replace)"
    start "$1" "$2" "" "${@:3}"
    ;;
  savepoint | stop)
    job=$(the_job)
    take_savepoint "$command" "$job"
    ;;
  replace)
    (($# >= 2)) || usage
    job=$(the_job)
    savepoint=$(take_savepoint stop "$job")
    start "$1" "$2" "$savepoint" "${@:3}" || fail "not replaced (to go back: $0 restore $savepoint OLD_JAR $2 ...)"
    ;;
  restore)
    (($# >= 3)) || usage
    jobs=$(running)
    for job in $jobs; do
      "$flink" cancel -m "${URL#http://}" "$job" >/dev/null 2>&1 || fail "flink cancel $job: failed"
      until_true "job $job: ended" ended "$job"
    done
    start "$2" "$3" "$1" "${@:4}"
    ;;
  *) usage ;;
esac

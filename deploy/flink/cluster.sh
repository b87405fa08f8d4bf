# shellcheck shell=bash
# Sourced by job.sh and application.sh, which define:
#
#   launch SAVEPOINT ARGUMENT...   starts the job, from a savepoint unless it is empty, and prints its id
#   await_end JOB                  waits until nothing of a stopped job is left that a new one could meet
#
# FLINK_URL   the cluster, http://localhost:8081 by default
# SAVEPOINTS  the URL of a directory that the cluster can write, which stop, replace, and savepoint need
# PATIENCE    seconds to wait for each step, 120 by default

# Commands name what to start from; the variable is for job managers that start again by themselves.
unset FRESHET_RESUME FRESHET_JOIN_RESUME

# shellcheck disable=SC2034  # MAIN and START_ID are for the scripts
readonly URL=${FLINK_URL:-http://localhost:8081} MAIN=io.freshet.job.FreshetJob PATIENCE=${PATIENCE:-120} START_ID=$EPOCHSECONDS-$$

say() { echo "${0##*/}: $*" >&2; }
fail() { say "$*"; exit 1; }
usage() { sed -n '/^# Usage/,/^set/s/^# \{0,1\}\(.*\)/\1/p' "$0" >&2; exit 2; }

# ask PATH [OPTION...]: an answer of the cluster's REST API. The options are those of curl.
ask() {
  local path=$1
  shift
  curl -fsS --max-time 10 "$@" "$URL$path" || fail "$URL$path: no answer (expected: Flink's REST API)"
}
reachable() { curl -fs --max-time 10 "$URL/jobs/overview" >/dev/null; }

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
  overview=$(ask /jobs/overview) || exit 1
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

all_tasks_run() {
  local tasks
  tasks=$(ask "/jobs/$1" | grep -oE '"vertices":.*' | grep -oE '"status":"[A-Z]+"' | sort -u)
  [[ $tasks == '"status":"RUNNING"' ]]
}
has_checkpoint() { (($(ask "/jobs/$1/checkpoints" | field completed) > 0)); }
restored() { ask "/jobs/$1/checkpoints" | grep -oE '"restored":\{[^}]*\}' | field external_path; }

check_parallelism() { [[ $1 =~ ^[1-9][0-9]*$ ]] || fail "parallelism: $1 (expected: a number from 1 to 128)"; }

# start SAVEPOINT ARGUMENT...: launches the job, checks that it runs, and prints its id.
start() {
  local savepoint=$1 job
  job=$(launch "$@") || exit 1
  until_true "job $job: all tasks running" all_tasks_run "$job"
  if [[ -n $savepoint ]]; then
    [[ $(restored "$job") == *"${savepoint#*:}"* ]] || fail "job $job: restored '$(restored "$job")' (expected: $savepoint)"
  fi
  until_true "job $job: a completed checkpoint" has_checkpoint "$job"
  say "job $job: running${savepoint:+, from $savepoint}"
  echo "$job"
}

# operation_ended JOB REQUEST: sets answer. The job manager of an application ends once it has given this answer.
operation_ended() { answer=$(ask "/jobs/$1/savepoints/$2") && [[ $answer == *'"COMPLETED"'* ]]; }

# take_savepoint RESOURCE JOB BODY: asks for a savepoint, waits for it, and prints where it is.
take_savepoint() {
  local resource=$1 job=$2 body=$3 request answer path
  request=$(ask "/jobs/$job/$resource" -H 'Content-Type: application/json' -d "$body" | field request-id) || exit 1
  until_true "job $job: a savepoint" operation_ended "$job" "$request"
  path=$(field location <<<"$answer")
  [[ -n $path ]] || fail "job $job: no savepoint: $answer"
  say "savepoint of job $job: $path"
  echo "$path"
}

: "${SAVEPOINTS:=}"
need_savepoints() { [[ -n $SAVEPOINTS ]] || fail "SAVEPOINTS: not set (expected: the URL of a directory, such as file:///savepoints)"; }

savepoint() {
  need_savepoints
  take_savepoint savepoints "$1" "{\"target-directory\":\"$SAVEPOINTS\"}"
}

stop() {
  need_savepoints
  take_savepoint stop "$1" "{\"targetDirectory\":\"$SAVEPOINTS\",\"drain\":false}"
  await_end "$1"
}

cancel() {
  ask "/jobs/$1" -X PATCH >/dev/null
  await_end "$1"
}

# run_command COMMAND ARGUMENT...
run_command() {
  local command=${1:-} job savepoint
  shift || usage
  case $command in
    savepoint | stop)
      job=$(the_job)
      "$command" "$job"
      ;;
    replace)
      job=$(the_job)
      savepoint=$(stop "$job")
      (start "$savepoint" "$@") || fail "not replaced (to go back: $0 restore $savepoint, with what ran before)"
      ;;
    restore)
      (($# >= 1)) || usage
      ! reachable || for job in $(running); do cancel "$job"; done
      start "$@"
      ;;
    *) usage ;;
  esac
}

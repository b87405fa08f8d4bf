#!/usr/bin/env bash
# Smoke test of the profile loop: starts the containers, waits until flights are answered, joined, and learned, kills the task
# manager and the job manager of the join, those of the trainer, the broker, and the server in turn, checks each time that joined
# samples are learned again, and at the end that a replay gives the same parameters.
#
# Usage: deploy/docker/loop-smoke.sh
# FRESHET_BUILD=prebuilt uses the jars of `mvn -q -DskipTests package` instead of compiling them in a container.
# Exit status: 0 if passed, 1 if failed, 2 if a prerequisite is missing. The containers and volumes belong to a separate
# Compose project, freshet-loop-smoke. The ports are those of `docker compose --profile loop up` and must be free.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly PROJECT=freshet-loop-smoke SERVER=http://localhost:8001 LOG=target/loop-smoke.log
readonly TRAINER=http://localhost:8081 JOIN=http://localhost:8082
readonly PORTS=(8000 8001 8081 8082 9092 9248 9249 9250 9251 9252)
readonly START_SECONDS=240 RECOVER_SECONDS=120
FRESHET_TOKEN=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
export FRESHET_TOKEN

compose() { docker compose --project-name "$PROJECT" --profile loop --progress quiet "$@"; }
source deploy/docker/containers.sh
freshet() { compose run --rm --no-deps -T topics "freshet $*"; }

samples_learned() {
  curl -fsS --max-time 5 -H "Authorization: Bearer $FRESHET_TOKEN" "$SERVER/v2/models/delays-loop" 2>/dev/null |
    property samples_learned
}
learned_more_than() { local now; now=$(samples_learned) && ((${now:-0} > $1)); }

# Without the feeder, only the join writes samples.
has_samples_after() { local now; now=$(samples_end) && ((${now:-0} > $1)); } 2>/dev/null

# goes_on WHAT: joined samples are written and learned.
goes_on() {
  local written learned
  until_true "$RECOVER_SECONDS" "$1: samples on the topic" has_samples_after 0
  until_true "$RECOVER_SECONDS" "$1: model served" learned_more_than 0
  written=$(samples_end) learned=$(samples_learned)
  until_true "$RECOVER_SECONDS" "$1: joining again" has_samples_after $((written + 500))
  until_true "$RECOVER_SECONDS" "$1: learning again" learned_more_than $((learned + 500))
  say "$1: joined samples are learned again"
}

kill_and_start() {
  compose kill --signal SIGKILL "$1"
  say "killed: $1"
  compose start "$1"
}

# crash SERVICE URL: kills a process of a job, and waits until it has resumed.
crash() {
  until_true "$RECOVER_SECONDS" "a checkpoint" has_checkpoints "$2" completed
  kill_and_start "$1"
  until_true "$RECOVER_SECONDS" "$1: the job restored from its checkpoint" has_checkpoints "$2" restored
  goes_on "$1"
}

interrupt() {
  kill_and_start "$1"
  goes_on "$1"
}

start_containers "docker compose --profile loop up"
until_true "$START_SECONDS" "first version served" learned_more_than 0
compose stop feeder
say "first version served; only the join writes samples from now on"
goes_on start
crash join-taskmanager "$JOIN"
crash join-jobmanager "$JOIN"
crash taskmanager "$TRAINER"
crash jobmanager "$TRAINER"
interrupt kafka
interrupt loop-server
compose stop flights
freshet replay delays-loop || fail "replay: not identical"
say "a replay gives the same parameters"

#!/usr/bin/env bash
# Smoke test of the containers: starts them, checks a prediction, the metrics, the dashboards' queries, the page, the names
# of the server, and that the log is quiet, kills the task managers, the job manager, the broker, and the server, checks that
# every flight was learned once and that a replay gives the same parameters, and removes everything.
#
# Usage: deploy/docker/smoke.sh [COMPOSE_FILE...]
#        such as deploy/docker/smoke.sh deploy/compose/rocksdb.yaml, which is merged with docker-compose.yml
# FRESHET_BUILD=prebuilt uses the jars of `mvn -q -DskipTests package` instead of compiling them in a container.
# SMOKE_QUIET_SECONDS is how long the log has to be quiet, 60 by default.
# Exit status: 0 if passed, 1 if failed, 2 if a prerequisite is missing. The containers and volumes belong to a separate
# Compose project, freshet-smoke, so those of `docker compose up` are not touched. The ports are the same and must be free.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly PROJECT=freshet-smoke SERVER=http://localhost:8000 FLINK=http://localhost:8081 LOG=target/smoke.log
readonly METRICS="http://localhost:9248/metrics http://localhost:9249/metrics http://localhost:9250/metrics $SERVER/metrics"
readonly PORTS=(8000 8081 9092 9248 9249 9250)
readonly START_SECONDS=180 RECOVER_SECONDS=90 QUIET_SECONDS=${SMOKE_QUIET_SECONDS:-60}
readonly NOT_HERE='^freshet_(records_broken|rejected|learn_rows|feedback_outcomes|shadow_requests|answers)_total$|^freshet_(join|served)_[a-z_]*$|^freshet_model_failed$|_unexported$'
readonly REQUEST='{"inputs": [
  {"name": "minute_of_day", "datatype": "FP64", "shape": [1], "data": [1020]},
  {"name": "day_of_week", "datatype": "FP64", "shape": [1], "data": [4]},
  {"name": "distance_miles", "datatype": "FP64", "shape": [1], "data": [733]},
  {"name": "origin", "datatype": "BYTES", "shape": [1], "data": ["ORD"]},
  {"name": "destination", "datatype": "BYTES", "shape": [1], "data": ["LGA"]}]}'

FILES=(--file docker-compose.yml)
for file in "$@"; do
  FILES+=(--file "$file")
done

compose() { docker compose --project-name "$PROJECT" "${FILES[@]}" --progress quiet "$@"; }
source deploy/docker/containers.sh

model() { curl -fsS --max-time 5 "$SERVER/v2/models/delays" 2>/dev/null; }
samples_learned() { model | property samples_learned; }
predict() {
  curl -fsS --max-time 5 -H 'Content-Type: application/json' -d "$REQUEST" "$SERVER/v2/models/delays/infer" |
    sed -n 's/.*"name":"prediction"[^}]*"data":\[\([^]]*\)\].*/\1/p'
}

answers() { [[ -n $(samples_learned) ]]; }
learned_more_than() { local now; now=$(samples_learned) && ((now > $1)); }

check_prediction() {
  local prediction
  prediction=$(predict) || fail "no prediction"
  awk -v p="$prediction" 'BEGIN { exit !(p ~ /^[0-9.eE-]+$/ && p > 0 && p < 1) }' ||
    fail "prediction: '$prediction' (expected: in (0, 1))"
  say "prediction for Chicago to New York, Friday 17:00: $prediction"
}

# No sample is lost or learned twice: the count equals the number of records up to the newest one learned.
check_exactly_once() {
  local answer samples offset
  answer=$(model)
  samples=$(property samples_learned <<<"$answer")
  offset=$(property offsets <<<"$answer" | sed -n 's/^freshet.samples:0=\([0-9]*\)$/\1/p')
  [[ -n $offset ]] || fail "offsets: '$(property offsets <<<"$answer")' (expected: freshet.samples:0=N)"
  ((samples == offset + 1)) || fail "samples_learned: $samples (expected: $((offset + 1)), up to offset $offset)"
  say "samples_learned: $samples, offset: $offset"
}

# has_documented_metrics: succeeds if a scrape of the task managers, job manager, and server has every metric in
# docs/metrics.md, except those of errors that must not occur here, and of options that are not used here.
has_documented_metrics() {
  local scraped name
  # shellcheck disable=SC2086 # Several URLs.
  scraped=$(curl -fsS --max-time 5 $METRICS) || return 1
  for name in $(sed -n 's/^| `\(flink_[A-Za-z_]*\|freshet_[a-z_]*\)` |.*/\1/p' docs/metrics.md); do
    [[ ! $name =~ $NOT_HERE ]] || continue
    grep -qE "^$name(_count)?[{ ]" <<<"$scraped" || { missing=$name; return 1; }
  done
  missing=
} 2>/dev/null

# Checks that another container gets predictions and metrics by the names of the service and of its container.
check_names() {
  local host
  for host in server "$PROJECT-server-1"; do
    compose exec -T jobmanager curl --fail-early -fsS --max-time 5 --output /dev/null "http://$host:8000/metrics" \
      --next -fsS --max-time 5 --output /dev/null -H 'Content-Type: application/json' -d "$REQUEST" \
      "http://$host:8000/v2/models/delays/infer" || fail "server: not reached by the name $host"
  done
  say "server reached by its names"
}

# Checks the page, each file it links to, and its stream, which must contain both models.
check_page() {
  local html path event
  html=$(curl -fsS --max-time 5 "$SERVER/") || fail "no page"
  for path in $(grep -oE '(href|src)="/[^"]+"' <<<"$html" | cut -d'"' -f2); do
    curl -fsS --max-time 5 --output /dev/null "$SERVER$path" || fail "page: no $path"
  done
  event=$(curl -fsS --no-buffer --max-time 5 "$SERVER/ui/stream" 2>/dev/null | sed -n '/^data: /{p;q}') || true
  for path in delays delays-by-origin; do
    [[ $event == *"\"$path\""* ]] || fail "page: $path missing from the stream: '${event:0:200}'"
  done
  say "page and stream served"
}

# A healthy run logs no warnings.
check_quiet_log() {
  local since warnings
  since=$(date +%s)
  sleep "$QUIET_SECONDS"
  warnings=$(compose logs --no-color --since "$since" | grep -E '\b(WARN|ERROR)\b') || true
  [[ -z $warnings ]] || fail "log: $(wc -l <<<"$warnings") warnings within $QUIET_SECONDS s (expected: 0), such as: ${warnings%%$'\n'*}"
  say "no warning in the log for $QUIET_SECONDS s"
}

check_dashboards() {
  local code=0
  deploy/observability/check.sh --live || code=$?
  case $code in
    0) say "dashboards' queries answered" ;;
    2) say "skipped: the dashboards' queries" ;;
    *) fail "deploy/observability/check.sh --live" ;;
  esac
}

# kill_and_start SERVICE: the server answers, or is the one that was killed.
kill_and_start() {
  compose kill --signal SIGKILL "$1"
  say "killed: $1"
  [[ $1 == server ]] || check_prediction
  compose start "$1"
}

# Kills a process of Flink.
crash() {
  until_true "$RECOVER_SECONDS" "a checkpoint" has_checkpoints "$FLINK" completed
  kill_and_start "$1"
  # Waits for this first, because a task manager continues learning for a while without its job manager.
  until_true "$RECOVER_SECONDS" "$1: the job restored from its checkpoint" has_checkpoints "$FLINK" restored
  say "job restored from its checkpoint"
  learns_again "$1"
}

# Kills a process that the job does without for a while.
interrupt() {
  kill_and_start "$1"
  until_true "$RECOVER_SECONDS" "$1: model served" answers
  learns_again "$1"
}

learns_again() {
  until_true "$RECOVER_SECONDS" "$1: learning again" learned_more_than $(($(samples_learned) + 1000))
  check_exactly_once
}

# Stops the feeder, and checks that the job learns all flights of the topic, and that learning them again gives the same bits.
check_replay() {
  local fed
  compose stop feeder
  fed=$(samples_end)
  until_true "$RECOVER_SECONDS" "samples_learned: $fed, as many as were fed" learned_more_than $((${fed:-0} - 1))
  check_exactly_once
  compose run --rm --no-deps topics "freshet replay delays" || fail "replay: not identical"
  say "learned all $fed flights; a replay gives the same parameters"
}

start_containers "docker compose up"
until_true "$START_SECONDS" "first snapshot served" answers
say "first snapshot served"
check_prediction
until_true 30 "samples_learned: rising" learned_more_than "$(samples_learned)"
check_exactly_once
until_true 60 "metrics of docs/metrics.md" has_documented_metrics
say "all metrics of docs/metrics.md are exported"
check_page
check_names
check_dashboards
check_quiet_log
crash taskmanager
crash jobmanager
interrupt kafka
interrupt server
check_replay

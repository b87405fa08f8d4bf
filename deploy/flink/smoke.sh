#!/usr/bin/env bash
# Smoke test of job.sh and application.sh in containers: submits the job to a session cluster three times in a row, then takes a
# savepoint, replaces the job by one with another parallelism, and goes back to the savepoint. The same task managers then do this
# for an application cluster, with the last savepoint of the session. A network is among the models, so OpenBLAS is loaded.
#
# Usage: FRESHET_BUILD=prebuilt deploy/flink/smoke.sh
# Exit status: 0 if passed, 1 if failed. The ports of docker-compose.yml must be free; what it starts is removed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly PROJECT=freshet-session SERVER=http://localhost:8000 SECONDS_TO_LEARN=120
say() { printf '%4d s  %s\n' "$SECONDS" "$*"; }
fail() { say "FAILED: $*" >&2; exit 1; }
compose() {
  docker compose --project-name "$PROJECT" --file docker-compose.yml --file deploy/flink/session.yaml --progress quiet "$@"
}
job() { compose exec -T jobmanager bash /deploy/job.sh "$@"; }
application() {
  SAVEPOINTS=file:///var/lib/freshet/checkpoints/savepoints JOB_MANAGER="docker compose --project-name $PROJECT \
    --file docker-compose.yml --file deploy/flink/session.yaml --progress quiet \
    run --detach --rm --no-deps --service-ports --use-aliases jobmanager standalone-job" deploy/flink/application.sh "$@"
}
learned() { curl -fsS --max-time 5 "$SERVER/v2/models/$1" 2>/dev/null | sed -n 's/.*"samples_learned":"\([0-9]*\)".*/\1/p'; }

# learns_more MODEL: waits until the model has learned more than now.
learns_more() {
  local before end=$((SECONDS + SECONDS_TO_LEARN))
  before=$(learned "$1") || before=0
  until (($(learned "$1" || echo 0) > ${before:-0})); do
    ((SECONDS < end)) || fail "$1: not learning"
    sleep 1
  done
}

finish() {
  local code=$?
  trap - EXIT
  ((code == 0)) || compose logs --no-color jobmanager taskmanager | grep -E ' (WARN|ERROR) |Caused by' | tail -30 || true
  compose down --volumes --remove-orphans --timeout 10 || code=1
  ((code != 0)) || say "passed"
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

say "docker compose up"
compose up --detach --build --wait jobmanager taskmanager server feeder
compose run --rm --no-deps -T topics 'cat >/tmp/net.yaml && freshet apply -f /tmp/net.yaml' <<'YAML'
name: net
label: delayed
loss: binary-cross-entropy
model: {type: mlp, hidden: [8]}
features: {numeric: [minute_of_day, day_of_week, distance_miles]}
YAML
jar=$(compose exec -T jobmanager sh -c 'ls /opt/flink/usrlib/freshet-job-*.jar')
for round in 1 2 3; do
  job submit "$jar" 2 >/dev/null
  learns_more net
  say "submission $round: learning"
  savepoint=$(job stop)
done
job restore "$savepoint" "$jar" 2 >/dev/null
learns_more net
savepoint=$(job savepoint)
learns_more net
job replace "$jar" 1 >/dev/null
learns_more net
say "rescaled from 2 to 1"
at=$(learned delays)
job restore "$savepoint" "$jar" 2 >/dev/null
learns_more net
say "rolled back to the savepoint, with $at flights learned before"
savepoint=$(job stop)
compose stop jobmanager

application restore "$savepoint" 2 >/dev/null
learns_more net
say "application cluster: continues from the savepoint of the session"
savepoint=$(application savepoint)
learns_more net
application replace 1 >/dev/null
learns_more net
say "application cluster: rescaled from 2 to 1"
application restore "$savepoint" 2 >/dev/null
learns_more net
say "application cluster: rolled back"
application stop >/dev/null
! application savepoint 2>/dev/null || fail "the job manager still answers"
application start 1 >/dev/null
learns_more net
say "application cluster: started again, from its newest checkpoint (FRESHET_RESUME)"

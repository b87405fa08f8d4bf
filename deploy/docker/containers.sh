# shellcheck shell=bash
# Functions of the smoke tests of containers, which set PROJECT, LOG, and PORTS, and define compose, before they source this file
# from the top level of the project.

# What the command of until_true still waits for, if it says so.
missing=

say() { printf '%4d s  %s\n' "$SECONDS" "$*"; }
fail() { say "FAILED: $*" >&2; exit 1; }
cannot() { echo "$(basename "$0"): $*" >&2; exit 2; }

# until_true SECONDS WHAT COMMAND...: runs the command once a second until it succeeds; fails after a timeout.
until_true() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    ((SECONDS < end)) || fail "$what${missing:+, missing $missing}: timed out"
    sleep 1
  done
}

# property NAME: prints a property of a JSON object, which has a text as its value.
property() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

# Prints the end of the topic of samples.
samples_end() {
  compose exec -T kafka /opt/kafka/bin/kafka-get-offsets.sh --bootstrap-server kafka:19092 --topic freshet.samples |
    sed -n 's/^freshet.samples:0:\([0-9]*\)$/\1/p'
}

# has_checkpoints URL completed|restored: succeeds if the job manager has counted any since it started.
has_checkpoints() {
  local job count
  job=$(curl -fsS --max-time 5 "$1/jobs" | sed -n 's/.*"id":"\([0-9a-f]*\)","status":"RUNNING".*/\1/p')
  count=$(curl -fsS --max-time 5 "$1/jobs/$job/checkpoints" | sed -n "s/^{\"counts\":{[^}]*\"$2\":\([0-9]*\).*/\1/p")
  ((${count:-0} > 0))
} 2>/dev/null

left() {
  docker ps -aq --filter "label=com.docker.compose.project=$PROJECT"
  docker volume ls -q --filter "label=com.docker.compose.project=$PROJECT"
  docker network ls -q --filter "label=com.docker.compose.project=$PROJECT"
}

# Removes everything, and keeps the logs of a failure.
finish() {
  local code=$?
  trap - EXIT
  if ((code != 0)); then
    compose ps --all || true
    mkdir -p "$(dirname "$LOG")"
    compose logs --no-color >"$LOG" || true
    say "logs of all containers: $LOG" >&2
  fi
  compose down --volumes --timeout 10 || code=1
  if [[ -n $(left) ]]; then
    say "FAILED: left behind: $(left | tr '\n' ' ')" >&2
    code=1
  fi
  ((code != 0)) || say "passed"
  exit "$code"
}

# Starts the containers, if what they need is here, and removes them when the script exits.
start_containers() {
  local port
  command -v curl >/dev/null || cannot "no curl on the PATH"
  docker compose version >/dev/null 2>&1 || cannot "no docker compose"
  docker info >/dev/null 2>&1 || cannot "Docker engine not reachable"
  for port in "${PORTS[@]}"; do
    ! (: </dev/tcp/127.0.0.1/"$port") 2>/dev/null || cannot "port $port: in use (expected: free)"
  done
  trap finish EXIT
  trap 'exit 130' INT TERM
  say "$1"
  compose up --detach --build
}

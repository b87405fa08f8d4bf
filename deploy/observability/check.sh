#!/usr/bin/env bash
# Checks the alerts, the dashboards, and that the runbook explains every alert.
#
# Usage: deploy/observability/check.sh           files only
#        deploy/observability/check.sh --live    also runs Prometheus against the containers of `docker compose up`, and every
#                                                query of the dashboards and alerts against that
# Needs promtool and prometheus (Debian: prometheus), jq, and curl.
# Exit status: 0 if passed, 1 if failed, 2 if a prerequisite is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly PORT=19090 WAIT_SECONDS=60
readonly API=http://127.0.0.1:$PORT/api/v1
# These have no values until something goes wrong, or outside of Kubernetes, or without node_exporter or a joined model.
readonly MAY_BE_EMPTY='freshet_rejected_total|freshet_records_broken_total|freshet_join|freshet_served|kubelet_volume|node_filesystem'

fail() { echo "check.sh: FAILED: $*" >&2; exit 1; }
cannot() { echo "check.sh: $*" >&2; exit 2; }

# queries DASHBOARD: title of the panel and expression, tab-separated, with the variables replaced.
queries() {
  jq -r '.panels[] | .title as $title | .targets[] | [$title, (.expr | gsub("\\$model"; ".*"))] | @tsv' "$1"
}

check_dashboard() {
  jq -e '
    (.uid | startswith("freshet-")) and (.title | length > 0)
    and ([.panels[].id] | length == (unique | length))
    and ([.panels[] | .title] | length == (unique | length))
    and all(.panels[]; (.description | length > 0) and (.fieldConfig.defaults.unit | length > 0)
      and .datasource.uid == "${datasource}" and (.targets | length > 0)
      and all(.targets[]; .datasource.uid == "${datasource}" and (.expr | length > 0) and (.legendFormat | length > 0)))
  ' "$1" >/dev/null || fail "$1: a panel has no description, unit, data source, or query, or titles or ids repeat"
}

check_runbook() {
  local alert
  for alert in $(sed -n 's/^ *- alert: //p' alerts.yaml); do
    grep -qx "## $alert" ../../docs/runbook.md || fail "docs/runbook.md: no section $alert"
    grep -q "runbook: docs/runbook.md#${alert,,}$" alerts.yaml || fail "alerts.yaml: $alert: no annotation runbook"
    grep -q "alertname: $alert" alerts-test.yaml || fail "alerts-test.yaml: no test of $alert"
  done
}

# ask EXPRESSION: the number of series that Prometheus returns for it.
ask() {
  local answer
  answer=$(curl -sS --max-time 10 --data-urlencode "query=$1" "$API/query")
  [[ $(jq -r .status <<<"$answer") == success ]] || fail "$1: $(jq -r .error <<<"$answer")"
  jq '.data.result | length' <<<"$answer"
}

# The ports are those of docker-compose.yml. Sets work and prometheus, which finish() removes and stops.
start_prometheus() {
  work=$(mktemp -d)
  trap finish EXIT
  cp alerts.yaml "$work"
  cat >"$work/prometheus.yaml" <<CONFIG
global: {scrape_interval: 2s, evaluation_interval: 2s}
rule_files: [alerts.yaml]
scrape_configs:
  - {job_name: flink, static_configs: [{targets: ["localhost:9248", "localhost:9249", "localhost:9250"]}]}
  - {job_name: freshet-server, static_configs: [{targets: ["localhost:8000"]}]}
CONFIG
  prometheus --config.file="$work/prometheus.yaml" --storage.tsdb.path="$work/data" \
    --web.listen-address="127.0.0.1:$PORT" >"$work/log" 2>&1 &
  prometheus=$!
}
finish() {
  kill "$prometheus" 2>/dev/null || true
  wait "$prometheus" || true
  rm -rf "$work"
}

check_queries() {
  local dashboard title expression end count=0
  end=$((SECONDS + WAIT_SECONDS))
  until [[ $(curl -fsS "$API/targets" 2>/dev/null | jq '[.data.activeTargets[] | select(.health == "up")] | length') == 4 ]]; do
    ((SECONDS < end)) || fail "Prometheus does not reach 4 targets: $(curl -sS "$API/targets" | jq -c '[.data.activeTargets[] | {scrapeUrl, lastError}]')"
    sleep 1
  done
  for dashboard in grafana/dashboards/*.json; do
    while IFS=$'\t' read -r title expression; do
      # A rate needs two scrapes.
      until (($(ask "$expression") > 0)) || [[ $expression =~ $MAY_BE_EMPTY ]]; do
        ((SECONDS < end)) || fail "$dashboard: $title: no values: $expression"
        sleep 1
      done
      count=$((count + 1))
    done < <(queries "$dashboard")
  done
  echo "check.sh: $count queries of dashboards answered"
  [[ $(curl -fsS "$API/rules" | jq '[.data.groups[].rules[] | select(.health == "err")] | length') == 0 ]] ||
    fail "rules: $(curl -fsS "$API/rules" | jq -c '[.data.groups[].rules[] | select(.health == "err") | {name, lastError}]')"
  echo "check.sh: $(curl -fsS "$API/rules" | jq '[.data.groups[].rules[] | select(.health == "ok")] | length') rules evaluated; alerts: $(
    curl -fsS "$API/alerts" | jq -c '[.data.alerts[] | .labels.alertname + " " + .state] | unique')"
}

for command in promtool jq curl; do
  command -v "$command" >/dev/null || cannot "no $command on the PATH"
done
promtool check config prometheus.yaml >/dev/null || fail "prometheus.yaml"
promtool test rules alerts-test.yaml >/dev/null || fail "alerts-test.yaml: promtool test rules deploy/observability/alerts-test.yaml"
for dashboard in grafana/dashboards/*.json; do
  check_dashboard "$dashboard"
done
check_runbook
if [[ ${1:-} == --live ]]; then
  command -v prometheus >/dev/null || cannot "no prometheus on the PATH"
  start_prometheus
  check_queries
fi
echo "check.sh: passed"

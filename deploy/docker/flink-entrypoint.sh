#!/usr/bin/env bash
# Flink's entrypoint, for containers with a memory limit and a read-only file system.
set -euo pipefail
cd /opt/flink

# The entrypoint writes to conf. If that is an empty tmpfs, it needs Flink's files first.
[[ -e conf/config.yaml ]] || cp conf-default/* conf/

# Flink's process gets 85 % of the memory limit, unless FLINK_PROPERTIES says otherwise. The rest is for tmpfs and page cache.
case ${1:-} in
  jobmanager | standalone-job) role=jobmanager ;;
  taskmanager) role=taskmanager ;;
  *) role= ;;
esac
limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || true)
# Without a limit, cgroup v2 has the word max, and v1 a number close to 2^63.
if [[ -n $role && $limit =~ ^[0-9]{1,15}$ && ! ${FLINK_PROPERTIES:-} =~ $role\.memory\.(process|flink)\.size ]]; then
  export FLINK_PROPERTIES="$role.memory.process.size: $((limit * 85 / 100))b
${FLINK_PROPERTIES:-}"
fi
exec /docker-entrypoint.sh "$@"

#!/bin/sh
# Usage: freshet COMMAND ... or freshet model-server ...; both print their options with --help.
# FRESHET_JAVA_OPTIONS: additional Java options.
#
# On OutOfMemoryError, the process exits and the container restarts. Records and requests use bounded memory, so the models
# have outgrown the heap, and a server with dead threads is worse than a restart.
set -eu
main=io.freshet.cli.Freshet
if [ "${1:-}" = model-server ]; then
  shift
  main=io.freshet.server.ModelServerMain
fi
# shellcheck disable=SC2086 # Word splitting is intended.
exec java -XX:MaxRAMPercentage=60 -XX:+ExitOnOutOfMemoryError \
  --add-opens java.base/java.util=ALL-UNNAMED --add-opens java.base/java.lang=ALL-UNNAMED \
  ${FRESHET_JAVA_OPTIONS:-} -cp '/opt/freshet/lib/*' "$main" "$@"

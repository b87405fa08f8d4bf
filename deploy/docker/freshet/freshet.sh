#!/bin/sh
# freshet COMMAND ...: the command line. freshet model-server ...: the server alone. Both print their options with --help.
# FRESHET_JAVA_OPTIONS: additional options for Java.
# When memory runs out, the process exits, to be restarted. The memory of a record or a request is bounded, so the heap is
# too small for the models, and a server that has lost some of its threads is worse than none.
set -eu
main=io.freshet.cli.Freshet
if [ "${1:-}" = model-server ]; then
  shift
  main=io.freshet.server.ModelServerMain
fi
# shellcheck disable=SC2086 # Splits into one word per option.
exec java -XX:MaxRAMPercentage=60 -XX:+ExitOnOutOfMemoryError \
  --add-opens java.base/java.util=ALL-UNNAMED --add-opens java.base/java.lang=ALL-UNNAMED \
  ${FRESHET_JAVA_OPTIONS:-} -cp '/opt/freshet/lib/*' "$main" "$@"

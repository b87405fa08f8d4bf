#!/bin/sh
# freshet COMMAND ...: the command line. freshet model-server ...: the server alone. Both list their options at --help.
# FRESHET_JAVA_OPTIONS: more options for Java.
# Out of memory the process ends, to be started anew: what a record or a request may take is bounded, so the heap is too
# small for the models, and a server of which some threads are gone is worth less than none.
set -eu
main=io.freshet.cli.Freshet
if [ "${1:-}" = model-server ]; then
  shift
  main=io.freshet.server.ModelServerMain
fi
# shellcheck disable=SC2086 # Several options are several words.
exec java -XX:MaxRAMPercentage=60 -XX:+ExitOnOutOfMemoryError \
  --add-opens java.base/java.util=ALL-UNNAMED --add-opens java.base/java.lang=ALL-UNNAMED \
  ${FRESHET_JAVA_OPTIONS:-} -cp '/opt/freshet/lib/*' "$main" "$@"

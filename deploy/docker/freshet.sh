#!/bin/sh
# Usage: freshet COMMAND ...; freshet --help lists the commands.
# FRESHET_JAVA_OPTIONS: additional Java options.
set -eu
# shellcheck disable=SC2086 # Word splitting is intended.
exec java -XX:MaxRAMPercentage=60 -XX:+ExitOnOutOfMemoryError \
  --add-opens java.base/java.util=ALL-UNNAMED --add-opens java.base/java.lang=ALL-UNNAMED \
  ${FRESHET_JAVA_OPTIONS:-} -cp '/opt/freshet/lib/*' io.freshet.cli.Freshet "$@"

#!/usr/bin/env bash
# Smoke test of the release archive: unpacks it in a container that has only a Java runtime, without a network, and trains and
# predicts there.
#
# Usage: mvn -q -Prelease -DskipTests package && deploy/release/smoke.sh
# Exit status: 0 if passed, 1 if failed, 2 if a prerequisite is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

cannot() { echo "smoke.sh: $*" >&2; exit 2; }

archives=(target/freshet-*.tar.gz)
[[ -f ${archives[0]} ]] || cannot "no target/freshet-*.tar.gz (expected: mvn -Prelease -DskipTests package)"
((${#archives[@]} == 1)) || cannot "${archives[*]} (expected: one archive; mvn -Prelease clean removes the others)"
docker version >/dev/null 2>&1 || cannot "no Docker"

docker run --rm --network none --hostname localhost --user 1000 --env HOME=/tmp \
  --volume "$PWD/${archives[0]}:/freshet.tar.gz:ro" eclipse-temurin:17-jre sh -euc '
    mkdir /tmp/freshet && cd /tmp/freshet
    tar -xzf /freshet.tar.gz --strip-components 1
    bin/freshet --version
    bin/freshet train --spec examples/delays.yaml --input examples/flights.csv.gz --save /tmp/delays.snapshot
    bin/freshet job --bootstrap-servers kafka:9092
    bin/freshet bench --set flights --only learn --rows 1000 --rounds 1 --warm-ups 0
    ls job/freshet-job-*-job.jar flink-lib/nd4j-native-*.jar
'
echo "smoke.sh: passed"

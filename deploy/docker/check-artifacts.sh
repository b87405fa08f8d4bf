#!/bin/sh
# Fails if a build has left no jar of a kind, or those of several versions, in /artifacts.
set -eu
cd /artifacts
rm -f ./*/LICENSE

expect_one() {
  count=$(find "$1" -name "$2" | wc -l)
  if [ "$count" != 1 ]; then
    echo "$3: $count files $2 (expected: 1); run first: mvn -q -DskipTests clean package" >&2
    exit 1
  fi
}
expect_one freshet 'freshet-cli-[0-9]*.jar' cli/target/lib
expect_one freshet 'freshet-job-[0-9]*.jar' cli/target/lib
expect_one freshet-server 'freshet-server-[0-9]*-linux-*.jar' model-server/target
expect_one freshet-job 'freshet-job-*-job.jar' job/target
expect_one flink-lib 'openblas-[0-9]*-linux-*.jar' deploy/flink-lib/target/lib

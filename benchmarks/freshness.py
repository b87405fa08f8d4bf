#!/usr/bin/env python3
"""Measures how old the parameters are that answer requests while `freshet demo` runs.

    ./freshet demo --no-browser &
    python3 benchmarks/freshness.py [--url http://127.0.0.1:8000] [--model delays] [--seconds 60]

Reads `age_seconds` of the model every 20 to 60 ms, at random: now minus the event time of the newest sample learned by
the parameters that the server would use for a request. The demo's samples happen when they are sent, so the age includes
the wait for the next snapshot (`publish`) and the path through Kafka, Flink, and the server.
"""

import argparse
import json
import random
import time
import urllib.request


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--model", default="delays")
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    ages, versions, end = [], set(), time.monotonic() + options.seconds
    while time.monotonic() < end:
        with urllib.request.urlopen(f"{options.url}/v2/models/{options.model}", timeout=5) as response:
            properties = json.load(response)["properties"]
        ages.append(float(properties["age_seconds"]))
        versions.add(properties["version"])
        time.sleep(random.uniform(0.02, 0.06))
    ages.sort()
    quantile = lambda q: ages[min(len(ages) - 1, int(q * len(ages)))]
    print(f"{len(ages)} readings, {len(versions)} versions: "
          f"median {quantile(0.5):.3f} s, p99 {quantile(0.99):.3f} s, minimum {ages[0]:.3f} s")


if __name__ == "__main__":
    main()

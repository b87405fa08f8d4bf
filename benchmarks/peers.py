#!/usr/bin/env python3
"""Measures the whole path next to Vowpal Wabbit: the same samples, the same loss, AdaGrad, one model.

    python3 benchmarks/peers.py [--rows 2000000] [--vw PATH] [--folder DIR]

Writes ROWS samples of 32 sparse features out of 2^18 to a LIBSVM file and, in the same order, to a Vowpal Wabbit file.
`freshet train` learns the first from Kafka, through Flink, and publishes snapshots; its rate excludes sending the file.
`vw` learns the second from text on one pass; its rate includes reading the file. Both processes use the same two cores.
"""

import argparse
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

HOME = pathlib.Path(__file__).resolve().parent.parent
FEATURES, BITS = 32, 18
SPEC = """name: peers
label: label
features: {sparse: [features], hashBits: 18}
loss: binary-cross-entropy
optimizer: {type: adagrad, learningRate: 0.1}
publish: {everySamples: 100000, everyMillis: 5000}
evaluation: {window: 100000}
"""


def write(folder, rows):
    """Writes both files. A feature has a hidden weight, and the sign of their sum, with noise, is the label."""
    draw = random.Random(1)
    weights = [draw.gauss(0, 1) for _ in range(1 << BITS)]
    with open(folder / "peers.svm", "w") as libsvm, open(folder / "peers.vw", "w") as vw:
        for _ in range(rows):
            # The square makes low indices frequent, as in a stream of words.
            indices = sorted({int(draw.random() ** 2 * (1 << BITS)) for _ in range(FEATURES)})
            pairs = [(index, round(draw.random(), 3)) for index in indices]
            score = sum(weights[index] * value for index, value in pairs) + draw.gauss(0, 1)
            features = " ".join(f"{index}:{value}" for index, value in pairs)
            libsvm.write(f"{int(score > 0)} {features}\n")
            vw.write(f"{1 if score > 0 else -1} | {features}\n")


def freshet(folder, rows):
    (folder / "peers.yaml").write_text(SPEC)
    command = [HOME / "freshet", "train", "--spec", folder / "peers.yaml", "--input", folder / "peers.svm"]
    subprocess.run([*command, "--report", folder / "report.json"], check=True, stdout=subprocess.DEVNULL)
    report = json.loads((folder / "report.json").read_text())
    assert report["samples"] == rows, report["samples"]
    return report["samplesPerSecond"], report["loss"]


def vowpal_wabbit(program, folder, rows):
    command = [program, "-d", folder / "peers.vw", "-b", str(BITS), "--loss_function", "logistic", "--adaptive", "-l", "0.1"]
    start = time.monotonic()
    done = subprocess.run(command, check=True, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    seconds = time.monotonic() - start
    loss = next(line.split("=")[1] for line in done.stderr.splitlines() if line.startswith("average loss"))
    return rows / seconds, float(loss)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--vw", default=shutil.which("vw"), help="the vw program (default: the one on the PATH)")
    parser.add_argument("--folder", type=pathlib.Path, help="keeps the files here (default: a temporary folder)")
    options = parser.parse_args()
    if not options.vw:
        sys.exit("peers: no vw on the PATH (expected: Vowpal Wabbit, or --vw PATH)")
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or pathlib.Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        write(folder, options.rows)
        print("| tool | samples/s | progressive log loss |\n| --- | --- | --- |")
        for name, run in (("Freshet, from Kafka", lambda: freshet(folder, options.rows)),
                          ("Vowpal Wabbit, from text", lambda: vowpal_wabbit(options.vw, folder, options.rows))):
            rate, loss = run()
            print(f"| {name} | {rate:,.0f} | {loss:.4f} |", flush=True)


if __name__ == "__main__":
    main()

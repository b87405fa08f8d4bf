#!/usr/bin/env python3
"""Writes tags.csv.gz and tags.jsonl.gz next to this script: sequences whose label at a step depends on the steps before it.

A sequence has 4 to 12 steps, each one of five tokens, a one-hot vector with noise of up to 0.2 on every number:

    token   0: opens a passage of kind 1   1: of kind 2   2: closes it   3, 4: content
    label   0 at a token 0, 1, or 2; at content the kind of its passage, or 3 outside any passage

A step alone does not determine the label of content. It uses only uniform draws of RandomState, whose stream never
changes, and plain arithmetic, so the rows are the same everywhere.

    python3 examples/make_tags.py
"""

import gzip
import json
import pathlib

import numpy

ROWS, SEED = 3000, 22
LONGEST, TOKENS = 12, 5
OUTSIDE = 3
KIND_AFTER = {0: 1, 1: 2, 2: OUTSIDE}
CHANCES = [0.14, 0.28, 0.36, 0.68]  # of a token up to 0, 1, 2, 3
RANDOM = numpy.random.RandomState(SEED)


def sample():
    """Returns the steps' vectors, one after the other, and their labels."""
    x, y, kind = [], [], OUTSIDE
    for step in range(RANDOM.randint(4, LONGEST + 1)):
        token = int(numpy.searchsorted(CHANCES, RANDOM.uniform(), side="right"))
        vector = RANDOM.uniform(-0.2, 0.2, size=TOKENS)
        vector[token] += 1
        x += [round(float(value), 2) + 0.0 for value in vector]
        y.append(kind if token >= 3 else 0)
        kind = KIND_AFTER.get(token, kind)
    return x, y


def padded(values, length):
    return [str(value) for value in values] + [""] * (length - len(values))


def write(name, lines):
    text = "\n".join(lines) + "\n"
    pathlib.Path(__file__).with_name(name).write_bytes(gzip.compress(text.encode(), mtime=0))


def main():
    samples = [sample() for _ in range(ROWS)]
    heads = [f"x{i}" for i in range(LONGEST * TOKENS)] + [f"y{i}" for i in range(LONGEST)] + ["steps"]
    rows = [padded(x, LONGEST * TOKENS) + padded(y, LONGEST) + [str(len(y))] for x, y in samples]
    write("tags.csv.gz", [",".join(row) for row in [heads, *rows]])
    write("tags.jsonl.gz", [json.dumps({"x": x, "y": y, "steps": len(y)}, separators=(",", ":")) for x, y in samples])


if __name__ == "__main__":
    main()

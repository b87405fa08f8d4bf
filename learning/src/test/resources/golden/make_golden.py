#!/usr/bin/env python3
"""Writes the golden files of LossGoldenTest and OptimizerGoldenTest to its own directory.

Losses follow their definitions literally in decimal arithmetic of 60 digits, without the rearrangements that keep the Java
code stable. Optimizers are plain loops in float64. Both are written from the formulas of the papers, not from the Java
code. Needs only Python 3, and gives the same bytes each time:

    python3 learning/src/test/resources/golden/make_golden.py
"""

import json
import pathlib
import random
import struct
from decimal import Decimal, getcontext
from math import sqrt

HERE = pathlib.Path(__file__).parent
getcontext().prec = 60
getcontext().Emax = 999999
getcontext().Emin = -999999


def single(number):
    """The nearest 32-bit float, so that Java and Python start from the same number."""
    return struct.unpack("<f", struct.pack("<f", number))[0]


def number(decimal):
    return float(decimal)


# --- losses: (logits, label) -> value, prediction, gradient


def mean_squared_error(logits, label):
    z, y = Decimal(logits[0]), Decimal(label)
    return (z - y) ** 2, [z], [2 * (z - y)]


def binary_cross_entropy(logits, label):
    z, y = Decimal(logits[0]), Decimal(label)
    p = 1 / (1 + (-z).exp())
    not_p = 1 / (1 + z.exp())
    value = -(y * p.ln() if y else Decimal(0)) - ((1 - y) * not_p.ln() if y != 1 else Decimal(0))
    # p - y, in a form that does not cancel where p is close to y = 1
    return value, [p], [p * (1 - y) - not_p * y]


def sparse_categorical_cross_entropy(logits, label):
    powers = [Decimal(z).exp() for z in logits]
    total = sum(powers)
    p = [power / total for power in powers]
    c = int(label)
    others = sum(p[j] for j in range(len(p)) if j != c)
    return -p[c].ln(), p, [-others if j == c else p[j] for j in range(len(p))]


def loss_cases(draw):
    single_logits = [0.0, -0.0, 1e-30, -1e-30, 1e-4, -1e-4, 0.5, -0.5, 1.0, -1.0, 3.75, -3.75]
    single_logits += [12.0, -12.0, 17.0, -17.0, 40.0, -40.0, 88.7, -88.7, 104.0, -104.0, 709.0, -709.0, 750.0, -750.0]
    single_logits += [1e4, -1e4]
    single_logits += [single(draw.gauss(0, 4)) for _ in range(60)]
    for z in single_logits:
        z = single(z)
        for y in [0.0, 1.0, 0.5, single(0.1), single(draw.random())]:
            yield "binary-cross-entropy", [z], y
        for y in [0.0, z, single(-2.5), 1e4, -1e4, single(draw.gauss(0, 100))]:
            yield "mean-squared-error", [z], y
    shapes = [[0.0, 0.0], [1e4, -1e4], [-1e4, 1e4], [1e4, 1e4, 1e4], [-1e4, -1e4, 0.0], [0.0, 10.0], [0.0, 16.0, -1.0]]
    shapes += [[0.0, 30.0], [1e4, 9990.0, 9995.0], [88.0, 89.0, 90.0, 91.0]]
    for outputs in [2, 3, 5, 10, 37]:
        for spread in [0.1, 1.0, 10.0, 100.0]:
            shapes += [[draw.gauss(0, spread) for _ in range(outputs)] for _ in range(3)]
    for logits in shapes:
        logits = [single(z) for z in logits]
        for c in sorted({0, len(logits) - 1, draw.randrange(len(logits))}):
            yield "sparse-categorical-cross-entropy", logits, float(c)


LOSSES = {
    "mean-squared-error": mean_squared_error,
    "binary-cross-entropy": binary_cross_entropy,
    "sparse-categorical-cross-entropy": sparse_categorical_cross_entropy,
}


def losses():
    for name, logits, label in loss_cases(random.Random(20260101)):
        value, prediction, gradient = LOSSES[name](logits, label)
        yield {
            "loss": name,
            "logits": logits,
            "label": label,
            "value": number(value),
            "prediction": [number(p) for p in prediction],
            "gradient": [number(g) for g in gradient],
        }


# --- optimizers: one coordinate; slots start at 0


def sgd(theta, slots, g, rate, _):
    return theta - rate * g, slots


def rmsprop(theta, slots, g, rate, hyper):
    mean_square = hyper["decay"] * slots[0] + (1 - hyper["decay"]) * g * g
    return theta - rate * g / (sqrt(mean_square) + hyper["epsilon"]), [mean_square]


OPTIMIZERS = [
    ("sgd", sgd, 0, {}, 0.01),
    ("sgd", sgd, 0, {}, 1.5),
    ("rmsprop", rmsprop, 1, {"decay": 0.9, "epsilon": 1e-8}, 0.01),
    ("rmsprop", rmsprop, 1, {"decay": 0.0, "epsilon": 1e-3}, 0.1),
    ("rmsprop", rmsprop, 1, {"decay": 0.999, "epsilon": 1e-8}, 0.05),
]
ROWS, WIDTH, STEPS = 5, 3, 150


def path(name, step, slot_count, hyper, rate, draw):
    """Row 0 changes at each step, rows 1 to 3 at some, row 4 never: untouched rows must not change."""
    size = ROWS * WIDTH
    theta = [single(draw.randrange(-64, 65) / 64) for _ in range(size)]
    slots = [[0.0] * slot_count for _ in range(size)]
    start = list(theta)
    steps, checks = [], []
    for t in range(1, STEPS + 1):
        rows = [0] + [row for row in (1, 2, 3) if draw.random() < 0.4]
        draw.shuffle(rows)
        gradient = []
        for row in rows:
            for k in range(WIDTH):
                zero = draw.random() < 0.2
                g = 0.0 if zero else draw.randrange(-4096, 4097) / 1024 * draw.choice([2.0**-20, 0.125, 1.0, 64.0])
                gradient.append(g)
                c = row * WIDTH + k
                theta[c], slots[c] = step(theta[c], slots[c], g, single(rate), hyper)
        steps.append({"rows": rows, "gradient": gradient})
        if t in (1, 2, 10, 100, STEPS):
            checks.append({"step": t, "parameters": list(theta), "slots": [list(s) for s in zip(*slots)]})
    return {
        "optimizer": name,
        "hyperparameters": hyper,
        "learningRate": rate,
        "width": WIDTH,
        "start": start,
        "steps": steps,
        "checks": checks,
    }


def write(name, cases):
    lines = ",\n".join(json.dumps(case) for case in cases)
    (HERE / name).write_text("[\n" + lines + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    write("losses.json", losses())
    draw = random.Random(20260102)
    write("optimizers.json", [path(*optimizer, draw) for optimizer in OPTIMIZERS])

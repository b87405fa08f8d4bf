#!/usr/bin/env python3
"""Writes moments.json: exponentially weighted mean, variance and z of a series, in decimal arithmetic of 60 digits.

The recursion is checked against its definition: the weighted mean and variance of all numbers so far. Needs only Python. Format: README.md.
"""

import math
import random
import statistics
from decimal import Decimal, getcontext

from golden_file import normals, single, write

getcontext().prec = 60


def after_each(decay, series):
    """a = max(1 / n, 1 - decay), n includes x; z is 0 where the variance is 0."""
    mean = variance = Decimal(0)
    weights = []
    for n, number in enumerate(series, 1):
        x = Decimal(number)
        a = max(1 / Decimal(n), 1 - Decimal(decay))
        variance = (1 - a) * (variance + a * (x - mean) ** 2)
        mean += a * (x - mean)
        z = (x - mean) / variance.sqrt() if variance else Decimal(0)
        weights = [w * (1 - a) for w in weights] + [a]
        check(weights, series[:n], mean, variance)
        yield float(mean), float(variance), float(z)


def check(weights, seen, mean, variance):
    weighted = sum(w * Decimal(x) for w, x in zip(weights, seen))
    spread = sum(w * (Decimal(x) - weighted) ** 2 for w, x in zip(weights, seen))
    assert abs(weighted - mean) < Decimal("1e-40") and abs(spread - variance) < Decimal("1e-40")


def series():
    draw = random.Random(20260205)
    yield "around 0", normals(draw, 40)
    yield "far from 0", [single(1e6 + 50 * x) for x in normals(draw, 40)]
    yield "a level that moves", [single(x + (0 if i < 20 else 100)) for i, x in enumerate(normals(draw, 40))]
    yield "constant, then one that is not", [single(0.1)] * 10 + [single(0.2)] + [single(0.1)] * 9
    yield "small", [x * 2.0**-60 for x in normals(draw, 20)]


def cases():
    for what, numbers in series():
        for decay in (0.5, 0.9, 0.96875, 0.999):
            steps = list(after_each(decay, numbers))
            row = {"case": what, "decay": decay, "x": numbers, "mean": [m for m, _, _ in steps]}
            yield row | {"variance": [v for _, v, _ in steps], "z": [z for _, _, z in steps]}
            young = min(len(numbers), math.floor(1 / (1 - decay)))  # up to here, all numbers have the same weight
            mean, variance, _ = steps[young - 1]
            assert math.isclose(mean, statistics.fmean(numbers[:young]), rel_tol=1e-9, abs_tol=1e-25)
            assert math.isclose(variance, statistics.pvariance(numbers[:young]), rel_tol=1e-9, abs_tol=1e-60)


if __name__ == "__main__":
    write("moments.json", cases=list(cases()))

#!/usr/bin/env python3
"""Writes transcendental.json, the golden file of TranscendentalGoldenTest, to its own directory.

Each value is computed with 60 digits and stored as the nearest double and its rounding error in units in the last place,
so that the test measures errors well below one such unit. Needs only Python (3.9), and gives the same bytes each time:

    python3 learning/src/test/resources/golden/make_transcendental.py
"""

import json
import math
import pathlib
import random
from decimal import Decimal, getcontext, localcontext

HERE = pathlib.Path(__file__).parent
getcontext().prec = 60
getcontext().Emax = 999999
getcontext().Emin = -999999


def tanh(x):
    return 1 - 2 / ((2 * x).exp() + 1)


def log1p(x):
    with localcontext() as context:
        context.prec = 400
        return (1 + x).ln() if abs(x) > Decimal("1e-50") else x - x * x / 2 + x**3 / 3


def small_tanh(x):
    with localcontext() as context:
        context.prec = 400
        return tanh(x) if abs(x) > Decimal("1e-50") else x - x**3 / 3


def expm1(x):
    with localcontext() as context:
        context.prec = 400
        return x.exp() - 1


def pi():
    """Machin's formula: 16 atan(1/5) - 4 atan(1/239)."""

    def inverse_tangent(n):
        total, term, k = Decimal(0), 1 / Decimal(n), 0
        while abs(term) > Decimal(10) ** (-getcontext().prec - 5):
            total += (term if k % 2 == 0 else -term) / (2 * k + 1)
            term /= n * n
            k += 1
        return total

    return 16 * inverse_tangent(5) - 4 * inverse_tangent(239)


def density(x):
    return (-x * x / 2).exp() / (2 * pi()).sqrt()


def cdf(x):
    """1/2 + density(x) (x + x^3/3 + x^5/15 + ...), with enough digits for the cancellation in the tail."""
    with localcontext() as context:
        context.prec = 800
        total, term, n = Decimal(0), x, 1
        while abs(term) > Decimal("1e-750"):
            total += term
            n += 2
            term = term * x * x / n
        return Decimal("0.5") + density(x) * total


def spread(rng, low, high, count):
    return [rng.uniform(low, high) for _ in range(count)]


def sizes(rng, low, high, count, signed):
    return [rng.choice([1, -1] if signed else [1]) * 10 ** rng.uniform(low, high) for _ in range(count)]


def main():
    rng = random.Random(5)
    cases = {
        "exp": (
            Decimal.exp,
            spread(rng, -1, 1, 60) + spread(rng, -745, 709.78, 60) + spread(rng, -745.1, -708, 30) + sizes(rng, -20, 0, 20, True),
        ),
        "log": (Decimal.ln, spread(rng, 0.5, 2, 80) + sizes(rng, -307, 308, 60, False) + [1 + 2**-52, 1 - 2**-53, 5e-324, 1e-310]),
        "log1p": (log1p, spread(rng, -1, 1, 80) + sizes(rng, -300, 300, 40, False) + [-v for v in sizes(rng, -300, 0, 40, False)]),
        "tanh": (small_tanh, spread(rng, -1, 1, 120) + spread(rng, -20, 20, 60) + sizes(rng, -300, 0, 40, True)),
        "cdf": (cdf, spread(rng, -3, 3, 60) + spread(rng, -37, 8, 40) + [0.0]),
        "density": (density, spread(rng, -3, 3, 40) + spread(rng, -37, 37, 30) + [0.0]),
        "expm1": (expm1, spread(rng, -1, 1, 120) + spread(rng, -40, 700, 60) + sizes(rng, -300, 0, 40, True)),
    }
    lines = []
    for name, (function, points) in cases.items():
        for x in points:
            exact = function(Decimal(x))
            nearest = float(exact)
            missed = (exact - Decimal(nearest)) / Decimal(math.ulp(nearest))
            lines.append(json.dumps({"function": name, "x": x, "y": nearest, "missed": round(float(missed), 6)}))
    (HERE / "transcendental.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    main()

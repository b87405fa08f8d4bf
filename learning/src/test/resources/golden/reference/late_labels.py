#!/usr/bin/env python3
"""Writes late_labels.json: calibrated predictions, and gradients with importance weights, by their definitions in extended precision.

Checks that the weights undo the bias: their expected gradient is 0 where the model is right. Needs NumPy. Format: README.md.
"""

import random

import numpy as np

from golden_file import normals, write

ONE = np.longdouble(1)
LARGEST_LOGIT = 16
SHARES = (1e-6, 0.25, 0.5, 0.9, 1.0)


def sigmoid(z):
    return ONE / (ONE + np.exp(-z))


def calibrations(logits):
    largest = sigmoid(np.longdouble(LARGEST_LOGIT))
    for late in SHARES:
        s = np.longdouble(late)
        for z in logits:
            b = sigmoid(np.longdouble(z))
            p = min(b / (1 - s * b), largest) if s * b < 1 else largest
            row = {"late": late, "logit": z, "prediction": float(p), "calibrated": float(np.log(p) - np.log1p(-p))}
            yield row | {"lossOf0": float(-np.log1p(-p)), "lossOf1": float(-np.log(p))}


def gradient(q, r, s, label):
    """Of a label between 0 and 1: that share of a positive, and the rest of a negative. r is 1 - q."""
    positive = 1 + s * q
    negative = (1 + s * q) * r / (r + s * q)
    return -label * positive * r + (1 - label) * negative * q


def weights(logits):
    for late in SHARES:
        s = np.longdouble(late)
        for z in logits:
            q, r = sigmoid(np.longdouble(z)), sigmoid(-np.longdouble(z))
            # Of each request, the label known at first is a positive with (1 - s) p, and s p more positives follow.
            expected = (1 - (1 - s) * q) * gradient(q, r, s, 0) + q * gradient(q, r, s, 1)
            assert abs(expected) < 1e-15, (late, z, expected)
            row = {"late": late, "logit": z}
            for name, label in ("of0", 0), ("of025", 0.25), ("of1", 1):
                row[name] = float(gradient(q, r, s, np.longdouble(label)))
            yield row


if __name__ == "__main__":
    draw = random.Random(20261201)
    some = normals(draw, 12, 3) + [-40.0, -16.0, -1.0, 0.0, 0.5, 16.0, 30.0]
    write("late_labels.json", calibrations=list(calibrations(some)), weights=list(weights(some)))

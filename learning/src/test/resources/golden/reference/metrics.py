#!/usr/bin/env python3
"""Writes metrics.json: precision, recall, F1, log loss, average precision, top-k accuracy, and confusion of small sets of samples.

Everything is counted from its definition, one threshold or class at a time, in fractions. Needs only Python. Format: README.md.
"""

import math
import random
from fractions import Fraction

from golden_file import normals, single, write


def ratio(part, whole):
    return float(part / whole) if whole else None


def of_class(rows, c):
    """Rows are (weight, label shares, predicted class, loss)."""
    labeled = sum(w * y[c] for w, y, _, _ in rows)
    predicted = sum(w for w, _, p, _ in rows if p == c)
    correct = sum(w * y[c] for w, y, p, _ in rows if p == c)
    return {
        "weight": float(labeled),
        "precision": ratio(correct, predicted),
        "recall": ratio(correct, labeled),
        "f1": ratio(2 * correct, labeled + predicted),
        "logLoss": ratio(sum(w * y[c] * loss for w, y, _, loss in rows), labeled),
    }


def confusion(rows, classes):
    return [[float(sum(w * y[c] for w, y, p, _ in rows if p == d)) for d in range(classes)] for c in range(classes)]


def average_precision(scores, labels):
    """The mean over the positives of the precision at their own score, as a threshold."""
    total = Fraction(0)
    for score, label in zip(scores, labels):
        if label:
            above = [y for s, y in zip(scores, labels) if s >= score]
            total += Fraction(sum(above), len(above))
    return float(total / sum(labels)) if 0 < sum(labels) < len(labels) else None


def softmax(logits):
    top = max(logits)
    powers = [math.exp(z - top) for z in logits]
    return [power / sum(powers) for power in powers]


def loss(logits, shares):
    return Fraction(-sum(float(y) * math.log(p) for y, p in zip(shares, softmax(logits)) if y))


def weights(draw, count):
    return [draw.randrange(17) / 8 for _ in range(count)]


def binary():
    draw = random.Random(20260807)
    for what, count, spread, rate in [
        ("separated", 60, 0.25, 0.5),
        ("mixed", 200, 2, 0.25),
        ("rare", 300, 1, 0.02),
        ("tied", 240, 0, 0.3),
        ("never predicted", 20, -1, 0.2),
        ("one class", 10, 1, 0),
    ]:
        labels = [int(draw.random() < rate) for _ in range(count)]
        noise = normals(draw, count)
        if spread == 0:
            logits = [single((y + draw.randrange(6) - 3) / 2) for y in labels]
        elif spread < 0:
            logits = [single(y - 3 + z / 4) for y, z in zip(labels, noise)]
        else:
            logits = [single(2 * y - 1 + spread * z) for y, z in zip(labels, noise)]
        each = weights(draw, count)
        shares = [(1 - y, y) for y in labels]
        rows = [
            (Fraction(w), y, int(z >= 0), loss([0, z], y)) for w, y, z in zip(each, shares, logits)
        ]
        yield {
            "case": what,
            "logits": logits,
            "labels": labels,
            "weights": each,
            "losses": [float(row[3]) for row in rows],
            "classes": [of_class(rows, 0), of_class(rows, 1)],
            "averagePrecision": average_precision(logits, labels),
            "confusion": confusion(rows, 2),
        }


def distribution(draw, classes):
    cuts = sorted(draw.randrange(65) for _ in range(classes - 1))
    return [(b - a) / 64 for a, b in zip([0] + cuts, cuts + [64])]


def multiclass():
    draw = random.Random(20260808)
    for what, classes, count, top in [
        ("three", 3, 120, 2),
        ("five, one never seen", 5, 150, 3),
        ("distributions", 4, 80, 1),
        ("ties", 4, 60, 2),
    ]:
        samples = []
        for _ in range(count):
            target = draw.randrange(min(classes, 4))
            shares = distribution(draw, classes) if what == "distributions" else [int(c == target) for c in range(classes)]
            logits = normals(draw, classes)
            if what == "ties":
                logits = [float(draw.randrange(3)) for _ in logits]
            else:
                logits[target] = single(logits[target] + 1)
            samples.append((shares, logits))
        each = weights(draw, count)
        rows = [
            (Fraction(w), [Fraction(y) for y in shares], logits.index(max(logits)), loss(logits, shares))
            for w, (shares, logits) in zip(each, samples)
        ]
        by_class = [of_class(rows, c) for c in range(classes)]
        occurring = [m for c, m in enumerate(by_class) if m["weight"] or any(p == c and w for w, _, p, _ in rows)]
        hits = 0
        for w, (shares, logits) in zip(each, samples):
            order = sorted(range(classes), key=lambda c: (-logits[c], c))
            hits += w * (shares.index(max(shares)) in order[:top])
        yield {
            "case": what,
            "topK": top,
            "logits": [logits for _, logits in samples],
            "labels": [shares for shares, _ in samples],
            "weights": each,
            "losses": [float(row[3]) for row in rows],
            "classes": by_class,
            "macro": {name: sum(m[name] or 0 for m in occurring) / len(occurring) for name in ("precision", "recall", "f1")},
            "topKAccuracy": hits / sum(each),
            "confusion": confusion(rows, classes),
        }


if __name__ == "__main__":
    write("metrics.json", binary=list(binary()), multiclass=list(multiclass()))

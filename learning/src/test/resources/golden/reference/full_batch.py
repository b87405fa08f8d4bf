#!/usr/bin/env python3
"""Writes full_batch.json: the minima of a least-squares and of a logistic loss over 200 samples of 6 numbers.

Least squares is solved by its normal equations, the logistic loss by scikit-learn's lbfgs and by torch.optim.LBFGS, which
must agree. All arithmetic is float64. Format: README.md.
"""

import random

import numpy
from golden_file import normals, single, write
from peer import torch
from sklearn.linear_model import LogisticRegression, Ridge

SAMPLES, NUMBERS = 200, 6
TRUE = [0.5, -1.25, 2.0, 0.0, 0.75, -0.5]


def draw_samples():
    """Correlated numbers of different scales, with weights from 0.5 to 2."""
    draw = random.Random(20260301)
    inputs, targets, classes, weights = [], [], [], []
    for _ in range(SAMPLES):
        base = normals(draw, NUMBERS)
        row = [single(b * scale + 0.5 * base[0]) for b, scale in zip(base, [1, 0.5, 2, 1, 3, 0.25])]
        score = 0.3 + sum(t * x for t, x in zip(TRUE, row))
        inputs.append(row)
        targets.append(single(score + draw.gauss(0, 0.5)))
        classes.append(int(score + draw.gauss(0, 1.5) > 0))
        weights.append(draw.choice([0.5, 1.0, 2.0]))
    return inputs, targets, classes, weights


INPUTS, TARGETS, CLASSES, WEIGHTS = draw_samples()
X = numpy.array([[1.0, *row] for row in INPUTS])
W = numpy.array(WEIGHTS)


def least_squares(l2):
    """The weighted mean of (z - y)^2, plus l2/2 |theta|^2, where theta includes the bias."""
    share = W / W.sum()
    normal = 2 * (X.T * share) @ X + l2 * numpy.eye(NUMBERS + 1)
    theta = numpy.linalg.solve(normal, 2 * (X.T * share) @ numpy.array(TARGETS))
    ridge = Ridge(alpha=l2 / 2 * W.sum(), fit_intercept=False, solver="cholesky")
    assert numpy.allclose(theta, ridge.fit(X, TARGETS, W).coef_, rtol=1e-9)
    return theta


def logistic(l2):
    """The weighted mean cross-entropy, plus l2/2 |theta|^2, where theta includes the bias."""
    strength = 1 / (l2 * W.sum()) if l2 else numpy.inf
    peer = LogisticRegression(C=strength, penalty="l2" if l2 else None, fit_intercept=False, tol=1e-12, max_iter=5000)
    theta = peer.fit(X, CLASSES, W).coef_[0]

    parameter = torch.nn.Parameter(torch.zeros(NUMBERS + 1))
    x, y, w = torch.tensor(X), torch.tensor(CLASSES, dtype=torch.float64), torch.tensor(W)
    optimizer = torch.optim.LBFGS([parameter], max_iter=1000, tolerance_grad=1e-12, tolerance_change=0,
                                  line_search_fn="strong_wolfe")

    def loss():
        optimizer.zero_grad()
        each = torch.nn.functional.binary_cross_entropy_with_logits(x @ parameter, y, reduction="none")
        value = (each * w).sum() / w.sum() + l2 / 2 * (parameter**2).sum()
        value.backward()
        return value

    optimizer.step(loss)
    assert numpy.allclose(theta, parameter.detach().numpy(), rtol=1e-5, atol=1e-6), (theta, parameter)
    return theta


if __name__ == "__main__":
    minima = [
        {"loss": loss, "l2": l2, "parameters": [round(number, 9) for number in solve(l2)]}
        for loss, solve in (("mean-squared-error", least_squares), ("binary-cross-entropy", logistic))
        for l2 in (0.0, 0.125)
    ]
    samples = [
        {"numbers": x, "target": y, "class": c, "weight": w} for x, y, c, w in zip(INPUTS, TARGETS, CLASSES, WEIGHTS)
    ]
    write("full_batch.json", samples=samples, minima=minima)

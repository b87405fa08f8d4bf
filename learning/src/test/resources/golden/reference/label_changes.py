#!/usr/bin/env python3
"""Writes label_changes.json: linear models along streams of samples whose labels change, in float64, by every optimizer.

A changed label is one step along the difference of two gradients: for these losses, a constant times the features, whatever the
model predicts. Optimizers that look ahead make the difference of two steps instead, each as far as its label alone would. There is no
penalty step, and no weights decay. Format: README.md.
"""

import random

import normalized_adagrad
import scale_free
from golden_file import normals, single, write
from update_rules import SLOTS, follow

FEATURES, STEPS, CHECKS = 4, 60, [1, 2, 5, 20, 40, 60]
RATES = {"sgd": 0.01, "momentum": 0.002, "nesterov": 0.002, "adagrad": 0.1, "rmsprop": 0.02, "adam": 0.02, "adamw": 0.02,
         "ftrl": 0.1}
HYPER = {
    "momentum": {"momentum": 0.9},
    "nesterov": {"momentum": 0.9},
    "adagrad": {"epsilon": 1e-6},
    "rmsprop": {"decay": 0.9, "epsilon": 1e-6},
    "adam": {"beta1": 0.9, "beta2": 0.99, "epsilon": 1e-6},
    "adamw": {"beta1": 0.9, "beta2": 0.99, "epsilon": 1e-6, "weightDecay": 0.5},
    "ftrl": {"beta": 1.0, "l1": 0.01, "l2": 0.1},
}
LOSSES = {"binary-cross-entropy": 1, "mean-squared-error": 1, "poisson": 1, "sparse-categorical-cross-entropy": 3}


def change(loss, label, previous, outputs):
    """The gradient of the logits: that of the label minus that of the previous one."""
    if loss == "sparse-categorical-cross-entropy":
        return [float(k == previous) - float(k == label) for k in range(outputs)]
    return [(previous - label) * (1 if loss == "binary-cross-entropy" else 2)]


def draw_label(loss, draw):
    if loss == "binary-cross-entropy":
        return float(draw.random() < 0.4)
    if loss == "sparse-categorical-cross-entropy":
        return float(draw.randrange(3))
    return single(draw.uniform(0, 2)) if loss == "poisson" else single(draw.gauss(1, 2))


def stream(loss, seed, weights):
    """[features, label, previous label or None, weight] of each step."""
    draw = random.Random(seed)
    steps, learned = [], []
    for _ in range(STEPS):
        if learned and draw.random() < 0.4:
            x, previous, weight = learned.pop(draw.randrange(len(learned)))
        else:
            x, previous, weight = normals(draw, FEATURES), None, single(draw.choice(weights))
        label = draw_label(loss, draw)
        steps.append([x, label, previous, weight])
        learned.append((x, label, weight))
    return steps


class Stepping:
    def __init__(self, optimizer, loss, outputs, l2):
        self.optimizer, self.loss, self.outputs, self.l2 = optimizer, loss, outputs, l2
        self.theta = [[0.0] * outputs for _ in range(1 + FEATURES)]
        self.slots = [[[0.0] * outputs for _ in SLOTS[optimizer]] for _ in self.theta]
        self.t = 0

    def learn(self, numbers, label, previous, weight):
        x, outputs = [1.0] + numbers, range(self.outputs)
        z = [sum(row[k] * each for row, each in zip(self.theta, x)) for k in outputs]
        g = (scale_free.slopes(self.loss, z, [label]) if previous is None
             else change(self.loss, label, previous, self.outputs))
        hyper = dict(HYPER.get(self.optimizer, {}))
        if previous is not None and "weightDecay" in hyper:
            hyper["weightDecay"] = 0.0
        self.t += 1
        for i, each in enumerate(x):
            penalty = [self.l2 * theta if previous is None else 0.0 for theta in self.theta[i]]
            gradient = [weight * g[k] * each + penalty[k] for k in outputs]
            follow(self.optimizer, hyper, self.theta[i], self.slots[i], gradient, outputs, RATES[self.optimizer], self.t)


class ScaleFree(scale_free.ScaleFree):
    previous = None

    def gradient(self, z, y):
        return super().gradient(z, y) if self.previous is None else change(self.loss, y[0], self.previous, self.outputs)

    def steps(self, zr, v, y, h):
        toward = super().steps(zr, v, y, h)
        if self.previous is None:
            return toward
        return [a - b for a, b in zip(toward, super().steps(zr, v, [self.previous], h))]

    def step(self, numbers, label, previous, weight):
        self.previous = previous
        self.learn(numbers, [label], weight)


class NormalizedAdaGrad(normalized_adagrad.NormalizedAdaGrad):
    previous = None

    def gradient(self, z, y):
        return super().gradient(z, y) if self.previous is None else change(self.loss, y[0], self.previous, self.outputs)

    def moves(self, z, y, v, h):
        toward = super().moves(z, y, v, h)
        if self.previous is None:
            return toward
        return [a - b for a, b in zip(toward, super().moves(z, [self.previous], v, h))]

    def step(self, numbers, label, previous, weight):
        self.previous = previous
        self.learn(numbers, [label], weight)


def model(optimizer, loss, outputs, l2):
    if optimizer == "scale-free":
        made = ScaleFree(loss, outputs, 1 + FEATURES)
        return made, made.step
    if optimizer == "normalized-adagrad":
        made = NormalizedAdaGrad(loss, outputs, 1 + FEATURES)
        return made, made.step
    made = Stepping(optimizer, loss, outputs, l2)
    return made, made.learn


def case(optimizer, number, loss, l2, steps):
    outputs = LOSSES[loss]
    made, learn = model(optimizer, loss, outputs, l2)
    result = {"optimizer": optimizer, "hyperparameters": HYPER.get(optimizer, {}), "stream": number, "l2": l2, "theta": []}
    if optimizer in RATES:
        result["learningRate"] = RATES[optimizer]
    for t, step in enumerate(steps, 1):
        learn(*step)
        if t in CHECKS:
            result["theta"].append([number for row in made.theta for number in row])
    return result


if __name__ == "__main__":
    streams = [{"loss": loss, "outputs": outputs, "steps": stream(loss, 20261201 + 10 * n + m, weights)}
               for n, weights in enumerate([[1.0], [0.5, 1.0, 2.5]]) for m, (loss, outputs) in enumerate(LOSSES.items())]
    cases = [case(name, n, each["loss"], 0.0, each["steps"])
             for name in list(RATES) + ["scale-free", "normalized-adagrad"] for n, each in enumerate(streams)]
    cases += [case(name, n, each["loss"], 0.1, each["steps"])
              for name in ["sgd", "adagrad", "adam"] for n, each in enumerate(streams[:4])]
    write("label_changes.json", checks=CHECKS, streams=streams, cases=cases)

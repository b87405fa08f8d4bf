#!/usr/bin/env python3
"""Writes normalized_adagrad.json: the optimizer normalized-adagrad in float64, step by step from its definition, without the Java code.

The Java code moves a logit in closed form. Here, the differential equation of every smooth loss is integrated, by Runge and Kutta's
method in steps that are halved until their error is below 1e-11. A loss with a kink has a constant speed up to there. Format: README.md.
"""

import math
import random

from golden_file import normals, single, write

RATE, DELTA, TAU = 0.5, 1.5, 0.7
SMALLEST_GRADIENT = 2.0**-24
IN_UNIT_OF_LABEL = {"mean-squared-error", "mean-absolute-error", "huber", "quantile"}
OF_CLASSES = {"sparse-categorical-cross-entropy", "categorical-cross-entropy"}


def sigmoid(z):
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


def softmax(z):
    top = max(z)
    e = [math.exp(each - top) for each in z]
    return [each / sum(e) for each in e]


SLOPES = {
    "mean-squared-error": lambda z, y: 2 * (z - y),
    "huber": lambda z, y: max(-DELTA, min(DELTA, z - y)),
    "poisson": lambda z, y: 2 * (math.exp(z) - y),
    "binary-cross-entropy": lambda z, y: (1 - y) * sigmoid(z) - y * sigmoid(-z),
    "mean-absolute-error": lambda z, y: (z > y) - (z < y),
    "quantile": lambda z, y: (1 - TAU) * (z > y) - TAU * (z < y),
    "hinge": lambda z, y: -(2 * y - 1) * ((2 * y - 1) * z < 1),
}
KINKS = {"mean-absolute-error": lambda y: y, "quantile": lambda y: y, "hinge": lambda y: 2 * y - 1}


def slopes(loss, z, y):
    """The gradient of the loss of all outputs."""
    if loss in OF_CLASSES:
        shares = [float(k == y[0]) for k in range(len(z))] if loss.startswith("sparse") else y
        return [p * sum(shares) - share for p, share in zip(softmax(z), shares)]
    return [SLOPES[loss](zk, yk) / len(z) for zk, yk in zip(z, y)]


def runge_kutta(field, z, step):
    def at(slope, part):
        return [a + part * step * b for a, b in zip(z, slope)]

    k1 = field(z)
    k2 = field(at(k1, 0.5))
    k3 = field(at(k2, 0.5))
    k4 = field(at(k3, 1))
    return [each + step * (a + 2 * b + 2 * c + d) / 6 for each, a, b, c, d in zip(z, k1, k2, k3, k4)]


def integrate(field, z, time, speed):
    """The z after a time."""
    done, step = 0.0, min(time, 0.1 / speed)
    while done < time:
        step = min(step, time - done)
        try:
            whole = runge_kutta(field, z, step)
            halves = runge_kutta(field, runge_kutta(field, z, step / 2), step / 2)
        except OverflowError:
            step /= 4
            continue
        error = max(abs(a - b) for a, b in zip(whole, halves))
        tolerance = 1e-11 * max(1e-3, max(abs(a - b) for a, b in zip(halves, z)))
        if error <= tolerance:
            z, done = halves, done + step if step < time - done else time
            step *= 2 if error < tolerance / 40 else 1
        else:
            step /= 2
    return z


def follow(loss, z, y, v, time):
    """By how far each logit moves with dz/dt = -v dl/dz."""
    if loss in KINKS:
        moves = []
        for zk, yk, vk, g in zip(z, y, v, slopes(loss, z, y)):
            way = KINKS[loss](yk) - zk
            moves.append(math.copysign(min(abs(g) * vk * time, abs(way)), -g))
        return moves

    def field(at):
        return [-vk * g for vk, g in zip(v, slopes(loss, at, y))]

    return [a - b for a, b in zip(integrate(field, z, time, max(v)), z)]


class NormalizedAdaGrad:
    """Rows by number; 0 is the bias. Each row has theta and G of every output, and one s."""

    def __init__(self, loss, outputs, rows):
        self.loss, self.outputs = loss, outputs
        self.theta = [[0.0] * outputs for _ in range(rows)]
        self.G = [[0.0] * outputs for _ in range(rows)]
        self.s = [0.0] * rows
        self.N = self.T = 0.0

    def part(self, g, h, total):
        """Of a gradient, what counts beside earlier ones: those of the bias, whose value is always 1."""
        if self.T == 0 or total == 0 or g == 0:
            return 1.0
        usual = 0 if self.loss in IN_UNIT_OF_LABEL else 1 if self.loss in OF_CLASSES else 1 / self.outputs
        largest = max(total, usual**2 * self.T) * max(100 / self.T, 1 / (10 * h))
        return min(1.0, math.sqrt(largest) / abs(g))

    def learn(self, numbers, y, h):
        """Returns the logits from before the step."""
        x, outputs = [1.0] + numbers, range(self.outputs)
        seen = [i for i in range(len(x)) if abs(x[i]) >= 1e-30]
        z = [sum(self.theta[i][k] * x[i] for i in seen) for k in outputs]
        g = self.gradient(z, y)
        if self.loss in OF_CLASSES:
            if max(map(abs, g)) <= SMALLEST_GRADIENT:
                return z
        else:
            limit = 0 if self.loss in IN_UNIT_OF_LABEL else SMALLEST_GRADIENT
            g = [each if abs(each) * self.outputs > limit else 0.0 for each in g]
        if not any(g):
            return z
        counts = [self.part(g[k], h, self.G[0][k]) for k in outputs]
        g = [a * b for a, b in zip(g, counts)]
        for i in seen:
            if abs(x[i]) > self.s[i]:
                if self.s[i] > 0:
                    self.theta[i] = [each * self.s[i] / abs(x[i]) for each in self.theta[i]]
                self.s[i] = abs(x[i])
            self.N += h * (x[i] / self.s[i]) ** 2
            for k in outputs:
                self.G[i][k] += h * g[k] ** 2 * x[i] ** 2
        self.T += h
        factor = RATE * math.sqrt(self.T / self.N)
        rates = [[factor / (self.s[i] * math.sqrt(self.G[i][k])) if i in seen and g[k] else 0.0 for k in outputs]
                 for i in range(len(x))]
        v = [sum(rates[i][k] * x[i] ** 2 for i in seen) for k in outputs]
        moves = self.moves(z, y, [a * b for a, b in zip(v, counts)], h)
        for k in outputs:
            for i in seen if g[k] else []:
                self.theta[i][k] += moves[k] / v[k] * rates[i][k] * x[i]
        return z

    def gradient(self, z, y):
        return slopes(self.loss, z, y)

    def moves(self, z, y, v, h):
        return follow(self.loss, z, y, v, h)


FEATURES, SAMPLES, CHECKS = 4, 60, [1, 2, 5, 10, 30, 60]


def label(loss, logit, draw):
    """A noisy label; for several outputs, one of each logit."""
    noisy = [single(z + draw.gauss(0, 0.5)) for z in logit]
    if loss == "sparse-categorical-cross-entropy":
        return [float(noisy.index(max(noisy)))]
    if loss == "categorical-cross-entropy":
        return [single(p) for p in softmax(noisy)]
    if loss in ("binary-cross-entropy", "hinge"):
        return [float(z > 0) for z in noisy]
    if loss == "poisson":
        return [float(round(math.exp(0.5 * z))) for z in noisy]
    return [single(3 + 2 * z) for z in noisy]


def absurd(loss, t):
    """The factor of a label: every 12th is far too large."""
    return 10.0 ** (4 if loss == "poisson" else t / 6) if t % 12 == 11 else 1.0


def stream(loss, outputs, seed, scale, weight, soft, outliers):
    draw = random.Random(seed)
    truth = [normals(draw, FEATURES) for _ in range(outputs)]
    samples = []
    for t in range(SAMPLES):
        standard = normals(draw, FEATURES)
        y = label(loss, [sum(w * x for w, x in zip(row, standard)) for row in truth], draw)
        if soft:
            y = [single(0.1 + 0.7 * each) for each in y]
        if outliers:
            y = [single((each + 1) * absurd(loss, t)) for each in y]
        x = [single(each * scale(i, t)) if draw.random() < 0.8 else 0.0 for i, each in enumerate(standard)]
        samples.append((x, y, single(weight(draw))))
    return samples


def plain(i, t):
    return 1.0


def uneven(i, t):
    return 10.0 ** (3 * i - 5)


def growing(i, t):
    return 2.0 ** (t / 4)


def one(draw):
    return 1.0


def fraction(draw):
    return draw.uniform(0.001, 1)


def heavy(draw):
    return draw.choice([0.25, 1.0, 1.0, 10 ** draw.uniform(0, 4)])


# name, loss, outputs, scales, weights, whether labels are between 0 and 1, and whether some are absurd
CASES = [
    ("logistic", "binary-cross-entropy", 1, uneven, one, False),
    ("logistic, fractions", "binary-cross-entropy", 1, plain, fraction, False),
    ("logistic, heavy", "binary-cross-entropy", 1, plain, heavy, False),
    ("logistic, soft labels", "binary-cross-entropy", 1, plain, heavy, True),
    ("logistic, growing", "binary-cross-entropy", 1, growing, one, False),
    ("squared", "mean-squared-error", 1, uneven, one, False),
    ("squared, heavy", "mean-squared-error", 1, plain, heavy, False),
    ("squared, growing", "mean-squared-error", 1, growing, one, False),
    ("hinge", "hinge", 1, uneven, heavy, False),
    ("absolute", "mean-absolute-error", 1, uneven, heavy, False),
    ("quantile", "quantile", 1, plain, heavy, False),
    ("huber", "huber", 1, uneven, heavy, False),
    ("poisson", "poisson", 1, plain, one, False),
    ("poisson, heavy", "poisson", 1, plain, heavy, False),
    ("logistic, 3 outputs", "binary-cross-entropy", 3, uneven, heavy, False),
    ("squared, 2 outputs", "mean-squared-error", 2, plain, one, False),
    ("softmax", "sparse-categorical-cross-entropy", 4, uneven, one, False),
    ("softmax, heavy", "sparse-categorical-cross-entropy", 4, plain, heavy, False),
    ("softmax of shares", "categorical-cross-entropy", 3, plain, heavy, False),
    ("squared, outliers", "mean-squared-error", 1, uneven, one, False, True),
    ("squared, 2 outputs, outliers", "mean-squared-error", 2, uneven, heavy, False, True),
    ("poisson, outliers", "poisson", 1, plain, one, False, True),
]


def case(name, loss, outputs, samples):
    model = NormalizedAdaGrad(loss, outputs, 1 + FEATURES)
    hyperparameters = {"huber": {"delta": DELTA}, "quantile": {"tau": TAU}}.get(loss, {})
    result = {"case": name, "loss": loss, "hyperparameters": hyperparameters, "outputs": outputs, "checks": CHECKS,
              "samples": [[x, y, h] for x, y, h in samples], "logits": [], "memory": [], "theta": [], "G": [], "s": []}
    for t, (x, y, h) in enumerate(samples, 1):
        z = model.learn(x, y, h)
        if t in CHECKS:
            result["logits"].append(z)
            result["memory"].append([model.N, model.T])
            result["s"].append(model.s[:])
            for part in ("theta", "G"):
                result[part].append([number for row in getattr(model, part) for number in row])
    return result


if __name__ == "__main__":
    write("normalized_adagrad.json",
          cases=[case(name, loss, outputs, stream(loss, outputs, 20261201 + n, scale, weight, soft, any(outliers)))
                 for n, (name, loss, outputs, scale, weight, soft, *outliers) in enumerate(CASES)])

#!/usr/bin/env python3
"""Writes scale_free.json: the optimizer scale-free in float64, step by step from its definition, without the Java code.

The step size k, which the Java code computes in closed form or by Newton's method, is found here by bisection, for every loss and
any number of outputs. So this needs only the slope of each loss. Format: README.md.
"""

import math
import random

from golden_file import normals, single, write

SMALLEST = 1e-30
NAMES = ["a", "S", "aBias", "SBias", "N", "Q", "W"]


def sigmoid(z):
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


def softplus(z):
    return max(z, 0) + math.log1p(math.exp(-abs(z)))


def part(square, h, total, weight):
    """Of a number with this square, what counts beside earlier squares."""
    if weight == 0 or total == 0:
        return 1.0
    return min(1.0, math.sqrt(max(100 * total / weight, total / (10 * h)) / square)) if square > 0 else 1.0


def sign(x):
    return (x > 0) - (x < 0)


def softmax(z):
    top = max(z)
    e = [math.exp(each - top) for each in z]
    return [each / sum(e) for each in e]


# The value and slope of a loss of one output: l(z, y), dl/dz.
POINTWISE = {
    "mean-squared-error": (lambda z, y: (z - y) ** 2, lambda z, y: 2 * (z - y)),
    "mean-absolute-error": (lambda z, y: abs(z - y), lambda z, y: sign(z - y)),
    "huber": (lambda z, y: (z - y) ** 2 / 2 if abs(z - y) <= 1 else abs(z - y) - 0.5,
              lambda z, y: max(-1, min(1, z - y))),
    "quantile": (lambda z, y: abs(z - y) / 2, lambda z, y: sign(z - y) / 2),
    "poisson": (lambda z, y: 2 * ((y * (math.log(y) - z) if y > 0 else 0) - y + math.exp(z)),
                lambda z, y: 2 * (math.exp(min(z, 700)) - y)),
    "binary-cross-entropy": (lambda z, y: softplus(z) - z * y, lambda z, y: sigmoid(z) - y),
}
IN_UNIT_OF_LABEL = {"mean-squared-error", "mean-absolute-error", "huber", "quantile"}


def value(loss, z, y):
    if loss == "sparse-categorical-cross-entropy":
        return -math.log(softmax(z)[int(y[0])])
    if loss == "categorical-cross-entropy":
        return -sum(share * math.log(p) for share, p in zip(y, softmax(z)) if share > 0)
    return sum(POINTWISE[loss][0](zk, yk) for zk, yk in zip(z, y)) / len(z)


def slopes(loss, z, y):
    if loss == "sparse-categorical-cross-entropy":
        return [p - (k == int(y[0])) for k, p in enumerate(softmax(z))]
    if loss == "categorical-cross-entropy":
        return [p * sum(y) - share for share, p in zip(y, softmax(z))]
    return [POINTWISE[loss][1](zk, yk) / len(z) for zk, yk in zip(z, y)]


def root(increasing):
    """The k in (0, 1] where a function changes its sign, or 1 if it stays below 0."""
    if increasing(1.0) <= 0:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(2000):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if increasing(middle) < 0 else (low, middle)
    return high


class ScaleFree:
    """Rows by number; 0 is the bias. Each row has theta, phi, and V of every output, and one M."""

    def __init__(self, loss, outputs, rows):
        self.loss, self.outputs = loss, outputs
        self.theta = [[0.0] * outputs for _ in range(rows)]
        self.phi = [[0.0] * outputs for _ in range(rows)]
        self.V = [[0.0] * outputs for _ in range(rows)]
        self.M = [0.0] * rows
        self.a, self.S, self.a_bias, self.S_bias = 0.0, 1.0, math.log(2), 1.0
        self.N = self.Q = self.W = 0.0

    def memory(self):
        return [self.a, self.S, self.a_bias, self.S_bias, self.N, self.Q, self.W]

    def learn(self, numbers, y, h):
        """Returns the logits and the loss from before the step."""
        x = [1.0] + numbers
        outputs = range(self.outputs)
        of_bias = self.theta[0][:]
        of_features = [sum(self.theta[i][k] * x[i] for i in range(1, len(x))) for k in outputs]
        z = [of_features[k] + of_bias[k] for k in outputs]
        g = self.gradient(z, y)
        scored = z, value(self.loss, z, y)
        h1, G, Y = min(h, 1), 1.0, 1.0
        # Of a slope of 1 of one output.
        usual = 1 / self.outputs if self.loss in POINTWISE else 1.0
        in_unit = self.loss in IN_UNIT_OF_LABEL
        squares = sum(each**2 for each in g) / self.outputs
        counts = part(squares, h, max(self.Q, self.W if in_unit else self.N * usual**2), self.N)
        g = [counts * each for each in g]
        h *= counts
        if in_unit:
            of_labels = sum(each**2 for each in y) / self.outputs
            self.W += h / counts * of_labels * part(of_labels, h / counts, self.W, self.N) ** 2
        self.N += h / counts
        self.Q += h * counts * squares
        if in_unit:
            G, Y = math.sqrt(self.Q / self.N), math.sqrt(self.W / self.N)
            usual = G
        if G == 0 or Y == 0 or not any(g):
            return scored
        self.amplify(h1 / (G * Y), sum(g[k] * of_features[k] for k in outputs), sum(g[k] * of_bias[k] for k in outputs))
        s = [Y * math.exp(max(self.a, self.a_bias) if i == 0 else self.a) for i in range(len(x))]
        seen = [i for i in range(len(x)) if abs(x[i]) >= SMALLEST]
        for i in seen:
            self.grow(i, abs(x[i]))
            for k in outputs:
                self.V[i][k] += h1 * g[k] ** 2 * (x[i] / self.M[i]) ** 2
        A, C = self.factors(seen, x, s, usual)
        zr = [sum(A[i][k] * self.phi[i][k] * x[i] for i in seen) for k in outputs]
        v = [sum(A[i][k] * C[i][k] * x[i] for i in seen) for k in outputs]
        u = self.steps(zr, v, y, h)
        if h > 1:
            for k in outputs:
                excess = abs(u[k] * g[k]) - g[k] ** 2
                for i in seen:
                    self.V[i][k] += max(0, excess) * (x[i] / self.M[i]) ** 2
            A, C = self.factors(seen, x, s, usual)
        for i in seen:
            for k in outputs:
                self.phi[i][k] += u[k] * C[i][k]
                self.theta[i][k] = A[i][k] * self.phi[i][k]
        return scored

    def amplify(self, unit, signal, of_bias):
        def limited(d, S):
            largest = math.sqrt(S * max(10, min(100, 1000 / self.N)))
            return max(-largest, min(largest, d))

        def within(a):
            return max(-20, min(20, a))

        d = limited(unit * signal, self.S)
        self.S += d**2
        self.a = within(self.a - 0.5 * d / math.sqrt(self.S))
        d = limited(unit * of_bias, self.S_bias)
        self.S_bias += d**2
        self.a_bias = within(self.a_bias - 0.1 * d / math.sqrt(self.S_bias))

    def grow(self, i, size):
        if size > self.M[i]:
            ratio = self.M[i] / size
            self.V[i] = [each * ratio**2 for each in self.V[i]]
            self.phi[i] = [each * math.sqrt(ratio) for each in self.phi[i]]
            self.M[i] = size

    def factors(self, seen, x, s, usual):
        c = {i: [(0.1 * usual**2 + each) ** 0.25 for each in self.V[i]] for i in seen}
        A = {i: [s[i] / (each * self.M[i]) for each in c[i]] for i in seen}
        C = {i: [x[i] / self.M[i] / each for each in c[i]] for i in seen}
        return A, C

    def gradient(self, z, y):
        return slopes(self.loss, z, y)

    def steps(self, zr, v, y, h):
        gr = slopes(self.loss, zr, y)
        share = self.share(zr, v, gr, y, h)
        return [-share * h * each for each in gr]

    def share(self, zr, v, gr, y, h):
        def solve(weight):
            D = [-weight * g * each for g, each in zip(gr, v)]
            whole = -sum(g * d for g, d in zip(gr, D))

            def excess(k):
                there = slopes(self.loss, [z + k * d for z, d in zip(zr, D)], y)
                return k + sum(g * d for g, d in zip(there, D)) / whole

            return root(excess), whole

        if not any(gr):
            return 0.0
        share, whole = solve(h)
        return share if h <= 1 else min(share, max(solve(1)[0] / h, value(self.loss, zr, y) / whole))


# From the page that defines the algorithm: theta of the features and the bias after four samples.
EXAMPLES = [
    ("example 1", "binary-cross-entropy",
     [([2, -1, 0], 1, 1), ([3, 0, 0], 0, 1), ([0, 0.5, 10], 1, 1), ([-6, 0, 1], 1, 1)],
     [0.6837884, -0.07773182, -0.05550799, 0.0442391]),
    ("example 2", "binary-cross-entropy",
     [([1, 1, 0], 1, 1), ([1, 0, 0], 0, 100), ([0, 2, 0], 1, 0.5), ([1, -1, 0], 0, 3)],
     [-0.8406901, -0.6963093, 0.4887719, 0]),
    ("example 3", "mean-squared-error",
     [([1, 0, 0], 10, 1), ([2, 0, 0], 14, 1), ([-1, 0, 0], 3, 1), ([4, 0, 0], 20, 1)],
     [9.829127, 2.267776, 0, 0]),
]

FEATURES, SAMPLES, CHECKS = 5, 120, [1, 2, 10, 50, 100, 120]


def label(loss, logit, draw):
    """A noisy label; for several outputs, one of each logit."""
    noisy = [single(z + draw.gauss(0, 0.5)) for z in logit]
    if loss == "sparse-categorical-cross-entropy":
        return [float(noisy.index(max(noisy)))]
    if loss == "categorical-cross-entropy":
        return [single(p) for p in softmax(noisy)]
    if loss == "binary-cross-entropy":
        return [float(z > 0) for z in noisy]
    if loss == "poisson":
        return [float(round(math.exp(0.5 * z))) for z in noisy]
    return [single(30 + 7 * z) for z in noisy]


def absurd(loss, t):
    """The factor of a label: every 25th is far too large."""
    return 10.0 ** (6 if loss == "poisson" else t / 10) if t % 25 == 24 else 1.0


def stream(loss, outputs, seed, scales, weights, late, outliers):
    draw = random.Random(seed)
    truth = [normals(draw, FEATURES) for _ in range(outputs)]
    samples = []
    for t in range(SAMPLES):
        standard = normals(draw, FEATURES)
        present = [late is None or t >= late[i] for i in range(FEATURES)]
        logit = [sum(w * x for w, x, is_in in zip(row, standard, present) if is_in) for row in truth]
        y = label(loss, logit, draw)
        x = [single(each * scales(i, t)) if present[i] and draw.random() < 0.8 else 0.0 for i, each in enumerate(standard)]
        if outliers:
            y = [single((each + 1) * absurd(loss, t)) for each in y]
        samples.append((x, y, single(weights(draw))))
    return samples


def plain(i, t):
    return 1.0


def uneven(i, t):
    return 10.0 ** (3 * i - 6)


def growing(i, t):
    return 10.0 ** (40 * t / (SAMPLES - 1) - 20)


def one(draw):
    return 1.0


def below_1(draw):
    return draw.uniform(0.001, 1)


def above_1(draw):
    return 1.0 if draw.random() < 0.7 else 10 ** draw.uniform(0, 4)


LATE = [0, 0, 40, 80, 110]
# name, loss, outputs, scales, weights, samples before each feature, and whether some labels are absurd
STREAMS = [
    ("squared", "mean-squared-error", 1, uneven, one, None),
    ("logistic", "binary-cross-entropy", 1, uneven, one, None),
    ("absolute", "mean-absolute-error", 1, plain, one, None),
    ("huber", "huber", 1, uneven, one, None),
    ("poisson", "poisson", 1, plain, one, None),
    ("median", "quantile", 1, uneven, one, None),
    ("softmax", "sparse-categorical-cross-entropy", 3, uneven, one, None),
    ("softmax of shares", "categorical-cross-entropy", 3, plain, one, None),
    ("squared, 2 outputs", "mean-squared-error", 2, uneven, one, None),
    ("absolute, 2 outputs", "mean-absolute-error", 2, plain, one, None),
    ("logistic, 3 outputs", "binary-cross-entropy", 3, plain, one, None),
    ("logistic, light", "binary-cross-entropy", 1, plain, below_1, None),
    ("logistic, heavy", "binary-cross-entropy", 1, plain, above_1, None),
    ("squared, light", "mean-squared-error", 1, uneven, below_1, None),
    ("squared, heavy", "mean-squared-error", 1, uneven, above_1, None),
    ("poisson, heavy", "poisson", 1, plain, above_1, None),
    ("softmax, heavy", "sparse-categorical-cross-entropy", 3, plain, above_1, None),
    ("logistic, growing", "binary-cross-entropy", 1, growing, one, None),
    ("squared, growing", "mean-squared-error", 1, growing, one, None),
    ("logistic, late", "binary-cross-entropy", 1, uneven, one, LATE),
    ("squared, late", "mean-squared-error", 1, uneven, one, LATE),
    ("squared, outliers", "mean-squared-error", 1, uneven, one, None, True),
    ("squared, 2 outputs, outliers", "mean-squared-error", 2, uneven, one, None, True),
    ("squared, heavy outliers", "mean-squared-error", 1, plain, above_1, None, True),
    ("huber, outliers", "huber", 1, uneven, one, None, True),
    ("poisson, outliers", "poisson", 1, plain, one, None, True),
    ("poisson, 2 outputs, outliers", "poisson", 2, plain, below_1, None, True),
]


def case(name, loss, outputs, samples, checks):
    model = ScaleFree(loss, outputs, 1 + len(samples[0][0]))
    result = {"case": name, "loss": loss, "outputs": outputs, "checks": checks,
              "samples": [[x, y, h] for x, y, h in samples],
              "logits": [], "losses": [], "memory": [], "theta": [], "phi": [], "V": [], "M": []}
    for t, (x, y, h) in enumerate(samples, 1):
        z, scored = model.learn(x, y, h)
        if t in checks:
            result["logits"].append(z)
            result["losses"].append(scored)
            result["memory"].append(model.memory())
            result["M"].append(model.M[:])
            for part in ("theta", "phi", "V"):
                result[part].append([number for row in getattr(model, part) for number in row])
    return result


def examples():
    cases = []
    for name, loss, samples, expected in EXAMPLES:
        listed = [([float(each) for each in x], [float(y)], float(h)) for x, y, h in samples]
        cases.append(case(name, loss, 1, listed, [1, 2, 3, 4]))
        for found, known in zip(cases[-1]["theta"][-1], expected):
            assert abs(found - known) <= 1e-6 * abs(known), (name, found, known)
    return cases


def streams():
    return [case(name, loss, outputs, stream(loss, outputs, 20261130 + n, scales, weights, late, any(outliers)), CHECKS)
            for n, (name, loss, outputs, scales, weights, late, *outliers) in enumerate(STREAMS)]


if __name__ == "__main__":
    write("scale_free.json", memory=NAMES, examples=examples(), streams=streams())

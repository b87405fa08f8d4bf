#!/usr/bin/env python3
"""Writes losses.json: value, prediction and gradient of every loss, by PyTorch in float64 with autograd.

Uses torch.nn.functional if it has the loss, otherwise the definition of the paper, differentiated by autograd. Format: README.md.
"""

import random

from golden_file import normals, single, write
from peer import functional, torch

draw = random.Random(20260201)


# --- definitions: (z, y, hyperparameters) -> value; z has K outputs


def hinge(z, y, _):
    return torch.relu(1 - (2 * y - 1) * z).sum()


def dice(z, y, hyper):
    p, s = torch.sigmoid(z), hyper["smooth"]
    return 1 - (2 * (p * y).sum() + s) / (p.sum() + y.sum() + s)


def iou(z, y, hyper):
    p, s = torch.sigmoid(z), hyper["smooth"]
    return 1 - ((p * y).sum() + s) / ((p + y - p * y).sum() + s)


def area(x1, y1, x2, y2):
    """0 for an inverted box."""
    return torch.relu(x2 - x1) * torch.relu(y2 - y1)


def overlap_and_union(a, b):
    corners = [torch.maximum(a[0], b[0]), torch.maximum(a[1], b[1]), torch.minimum(a[2], b[2]), torch.minimum(a[3], b[3])]
    overlap = area(*corners)
    return overlap, area(*a) + area(*b) - overlap


def box_iou(z, y, _):
    overlap, union = overlap_and_union(z, y)
    return 1 - overlap / union


def generalized_box_iou(z, y, _):
    overlap, union = overlap_and_union(z, y)
    # Around all four corners, so that an inverted predicted box is always pulled back.
    low = torch.minimum(torch.minimum(z[:2], z[2:]), y[:2])
    high = torch.maximum(torch.maximum(z[:2], z[2:]), y[2:])
    hull = (high - low).prod()
    return 1 - (overlap / union - (hull - union) / hull)


def quantile(z, y, hyper):
    e, tau = y - z, hyper["tau"]
    return torch.maximum(tau * e, (tau - 1) * e).sum()


def poisson(z, y, _):
    """2 (y log(y / mu) - (y - mu)), mu = exp(z): twice PyTorch's negative log likelihood minus its minimum."""
    least = y - torch.xlogy(y, y)
    return 2 * (functional.poisson_nll_loss(z, y, log_input=True, full=False, reduction="none") - least).sum()


def identity(z):
    return z


def softmax(z):
    return torch.softmax(z, 0)


# name -> definition, link
LOSSES = {
    "mean-squared-error": (lambda z, y, _: functional.mse_loss(z, y), identity),
    "mean-absolute-error": (lambda z, y, _: functional.l1_loss(z, y), identity),
    "huber": (lambda z, y, hyper: functional.huber_loss(z, y, delta=hyper["delta"]), identity),
    "binary-cross-entropy": (lambda z, y, _: functional.binary_cross_entropy_with_logits(z, y), torch.sigmoid),
    "hinge": (hinge, identity),
    "categorical-cross-entropy": (lambda z, y, _: functional.cross_entropy(z, y), softmax),
    "sparse-categorical-cross-entropy": (lambda z, y, _: functional.cross_entropy(z, y.long()[0]), softmax),
    "dice": (dice, torch.sigmoid),
    "iou": (iou, torch.sigmoid),
    "box-iou": (box_iou, identity),
    "generalized-box-iou": (generalized_box_iou, identity),
    "quantile": (quantile, identity),
    "poisson": (poisson, torch.exp),
}


def value_and_gradient(name, logits, label, hyper):
    z = torch.tensor(logits, requires_grad=True)
    value = LOSSES[name][0](z, torch.tensor(label), hyper)
    value.backward()
    return value.item(), [0.0 + g for g in z.grad.tolist()]  # 0.0 + turns -0.0 into 0.0


def one_sided(name, logits, label, hyper, step):
    """The derivative with respect to each logit, as its limit from the side of step."""
    sides = []
    for j in range(len(logits)):
        moved = list(logits)
        moved[j] += step
        sides.append(value_and_gradient(name, moved, label, hyper)[1][j])
    return sides


def case(what, name, logits, label, kink=False, **hyper):
    value, gradient = value_and_gradient(name, logits, label, hyper)
    row = {"case": what, "loss": name, "hyperparameters": hyper, "outputs": len(logits), "logits": logits}
    row |= {"label": label, "value": 0.0 + value, "gradient": gradient}
    if kink:
        row["gradientLeft"] = one_sided(name, logits, label, hyper, -1e-11)
        row["gradientRight"] = one_sided(name, logits, label, hyper, 1e-11)
    row["prediction"] = LOSSES[name][1](torch.tensor(logits)).tolist()
    return row


# --- cases

EDGES = [0.0, 2.0**-20, -(2.0**-20), 1.0, -1.0, 17.0, -17.0, 40.0, -40.0, 88.75, -88.75, 750.0, -750.0, 1e4, -1e4]


def regression():
    for name, hyper in [
        ("mean-squared-error", {}),
        ("mean-absolute-error", {}),
        ("huber", {"delta": 1.0}),
        ("huber", {"delta": 2.5}),
    ]:
        for z, y in [(1e4, -1e4), (-1e4, 1e4), (1e4, 1e4), (0.0, 1e4), (0.0, 0.0), (2.5, 1.5), (1.5, 4.0), (-1.0, 1.5)]:
            yield case("one output, edge", name, [z], [y], **hyper)
        for _ in range(6):
            yield case("one output", name, normals(draw, 1, 3), normals(draw, 1, 3), **hyper)
        for outputs in (2, 3, 7):
            yield case(f"{outputs} outputs", name, normals(draw, outputs, 2), normals(draw, outputs, 2), **hyper)
        yield case("one of three exact", name, [0.5, -2.0, 1e4], [0.5, 2.0, -1e4], **hyper)


def binary():
    for z in EDGES:
        for y in (0.0, 1.0, single(0.3)):
            yield case("one output, edge", "binary-cross-entropy", [z], [y])
        for y in (0.0, 1.0):
            kink = z == (1.0 if y == 1.0 else -1.0)
            yield case("at the margin" if kink else "edge", "hinge", [z], [y], kink=kink)
    for y in (0.0, 1.0):
        for z in normals(draw, 4, 1.5):
            yield case("random", "hinge", [z], [y])
    for _ in range(6):
        yield case("one output, soft label", "binary-cross-entropy", normals(draw, 1, 3), [single(draw.random())])
    for outputs in (2, 3, 8):
        hard = [float(draw.randrange(2)) for _ in range(outputs)]
        soft = [single(draw.random()) for _ in range(outputs)]
        yield case(f"{outputs} outputs", "binary-cross-entropy", normals(draw, outputs, 3), hard)
        yield case(f"{outputs} outputs, soft labels", "binary-cross-entropy", normals(draw, outputs, 3), soft)
    yield case("right and wrong by 1e4", "binary-cross-entropy", [1e4, -1e4, 1e4, -1e4], [1.0, 0.0, 0.0, 1.0])


def classes():
    shapes = [[0.0, 0.0], [1e4, -1e4], [-1e4, 1e4], [1e4, 1e4, 1e4], [-1e4, -1e4, 0.0], [0.0, 10.0], [0.0, 30.0]]
    shapes += [[1e4, 9990.0, 9995.0], [88.0, 89.0, 90.0, 91.0], [-750.0, -751.0, -752.0]]
    shapes += [normals(draw, outputs, spread) for outputs in (2, 3, 10) for spread in (0.1, 1.0, 10.0, 100.0)]
    for logits in shapes:
        outputs = len(logits)
        for c in sorted({0, outputs - 1}):
            one_hot = [float(j == c) for j in range(outputs)]
            yield case(f"class {c} of {outputs}", "sparse-categorical-cross-entropy", logits, [float(c)])
            yield case(f"one-hot {c} of {outputs}", "categorical-cross-entropy", logits, one_hot)
        # multiples of 1/64 that sum to 1 exactly
        cuts = sorted(draw.randrange(65) for _ in range(outputs - 1))
        shares = [(b - a) / 64 for a, b in zip([0] + cuts, cuts + [64])]
        yield case(f"distribution over {outputs}", "categorical-cross-entropy", logits, shares)


def masks():
    for name in ("dice", "iou"):
        for smooth in (1.0, 0.5):
            for what, logits, mask in [
                ("all right", [1e4, -1e4, 1e4], [1.0, 0.0, 1.0]),
                ("all wrong", [-1e4, 1e4, -1e4], [1.0, 0.0, 1.0]),
                ("empty mask", [-1e4, 0.5, -0.25], [0.0, 0.0, 0.0]),
                ("empty mask, nothing predicted", [-1e4, -1e4], [0.0, 0.0]),
                ("full mask", [2.0, 0.5, -0.25, -40.0], [1.0, 1.0, 1.0, 1.0]),
                ("one output", [0.75], [1.0]),
                ("one output, empty", [0.75], [0.0]),
            ]:
                yield case(what, name, logits, mask, smooth=smooth)
            for size in (2, 5, 16):
                mask = [float(draw.randrange(2)) for _ in range(size)]
                yield case(f"mask of {size}", name, normals(draw, size, 2), mask, smooth=smooth)
            soft = [single(draw.random()) for _ in range(5)]
            yield case("soft mask", name, normals(draw, 5, 2), soft, smooth=smooth)


def boxes():
    label = [1.0, 2.0, 4.0, 6.0]
    smooth = {  # no two edges coincide: one gradient
        "overlapping": [[0.0, 1.0, 3.0, 5.0], [2.0, 3.0, 7.0, 9.0], [0.5, 4.0, 2.0, 8.0]],
        "crossing": [[0.0, 3.0, 5.0, 5.0], [2.0, 0.0, 3.0, 9.0]],
        "inside": [[2.0, 3.0, 3.0, 5.0], [1.25, 2.25, 3.75, 5.75]],
        "around": [[0.0, 0.0, 9.0, 9.0], [-1e4, -1e4, 1e4, 1e4]],
        "apart": [[5.0, 7.0, 8.0, 9.0], [-3.0, -3.0, -1.0, 0.0], [5.0, 3.0, 6.0, 4.0], [9990.0, 9990.0, 1e4, 1e4]],
        "inverted": [[3.0, 5.0, 2.0, 3.0], [8.0, 9.0, 5.0, 7.0], [3.0, 3.0, 2.0, 5.0], [0.0, 9.0, 5.0, 8.0]],
    }
    kinked = {  # edges coincide: a subgradient
        "equal": [label],
        "touching": [[4.0, 3.0, 6.0, 5.0], [2.0, 6.0, 3.0, 8.0], [4.0, 6.0, 7.0, 8.0]],
        "sharing an edge": [[1.0, 3.0, 3.0, 7.0], [0.0, 3.0, 4.0, 5.0]],
        "degenerate": [[2.0, 3.0, 2.0, 5.0], [2.0, 3.0, 3.0, 3.0], [2.0, 3.0, 2.0, 3.0], [8.0, 9.0, 8.0, 9.0], [0.0] * 4],
    }
    for name in ("box-iou", "generalized-box-iou"):
        for what, predicted in smooth.items():
            for box in predicted:
                yield case(what, name, box, label)
        for what, predicted in kinked.items():
            for box in predicted:
                yield case(what, name, box, label, kink=True)
        for _ in range(12):
            a, b = ([draw.gauss(0, 2), draw.gauss(0, 2)] for _ in range(2))
            a, b = ([single(v) for v in c + [c[0] + draw.uniform(0.1, 5), c[1] + draw.uniform(0.1, 5)]] for c in (a, b))
            yield case("random", name, a, b)


def counts_and_quantiles():
    for tau in (0.5, 0.1, 0.9):
        for z, y in [(1e4, -1e4), (-1e4, 1e4), (0.0, 2.0), (2.0, 0.0)]:
            yield case("edge", "quantile", [z], [y], tau=tau)
        yield case("exact", "quantile", [1.5], [1.5], kink=True, tau=tau)
        for _ in range(5):
            yield case("random", "quantile", normals(draw, 1, 2), normals(draw, 1, 2), tau=tau)
    for y in (0.0, 1.0, 3.0, 250.0):
        for z in (-1e4, -100.0, -17.0, -1.0, 0.0, 0.5, 5.5, 17.0, 80.0):
            yield case("edge", "poisson", [z], [y])
    for _ in range(8):
        yield case("random", "poisson", normals(draw, 1, 2), [float(draw.randrange(20))])


# --- sequences


def sequence_batch(what, outputs, longest, lengths, spread):
    """PyTorch's own masking: class -100 is ignored, and the mean is over the remaining steps."""
    rows = [normals(draw, longest * outputs, spread) for _ in lengths]
    labels = [[draw.randrange(outputs) if t < n else -1 for t in range(longest)] for n in lengths]
    z = torch.tensor(rows, requires_grad=True)
    classes = torch.tensor([[c if c >= 0 else -100 for c in row] for row in labels])
    steps = z.reshape(-1, outputs)
    value = functional.cross_entropy(steps, classes.reshape(-1))
    gradient = torch.autograd.grad(value, z)[0].tolist()
    sequences = []
    for row, label, n, batch_gradient in zip(rows, labels, lengths, gradient):
        own = torch.tensor(row, requires_grad=True)
        own_value = functional.cross_entropy(own.reshape(-1, outputs)[:n], torch.tensor(label[:n]))
        own_value.backward()
        sequence = {"length": n, "logits": row, "label": label, "value": own_value.item(), "gradient": own.grad.tolist()}
        sequence["prediction"] = torch.softmax(own.detach().reshape(-1, outputs)[:n], 1).reshape(-1).tolist()
        sequence["batchGradient"] = batch_gradient
        sequences.append(sequence)
    batch = {"case": what, "loss": "sequence-cross-entropy", "outputs": outputs, "longest": longest}
    return batch | {"validSteps": sum(lengths), "value": value.item(), "sequences": sequences}


def sequences():
    yield sequence_batch("one sequence, no padding", 3, 4, [4], 1.0)
    yield sequence_batch("one step", 2, 1, [1], 1.0)
    yield sequence_batch("one step, padded", 2, 3, [1], 1.0)
    yield sequence_batch("three lengths", 3, 5, [5, 2, 1], 2.0)
    yield sequence_batch("two outputs", 2, 4, [3, 4, 3, 2], 1.0)
    yield sequence_batch("large logits", 4, 3, [1, 3], 5000.0)


if __name__ == "__main__":
    cases = [row for part in (regression, binary, classes, masks, boxes, counts_and_quantiles) for row in part()]
    write("losses.json", losses=cases, sequences=list(sequences()))

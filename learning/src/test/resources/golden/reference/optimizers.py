#!/usr/bin/env python3
"""Writes optimizers.json: 120 updates of each optimizer under each schedule, clip and penalty, in float64.

torch.optim takes the steps, with its rate set before each step. FTRL-Proximal, which PyTorch lacks, and lazy updates are
loops over the definitions (update_rules.py), which are checked here against torch.optim. Format: README.md.
"""

import math
import random

from golden_file import normals, single, write
from peer import torch
from schedules import PLATEAUS, SCHEDULES, WINDOW_LOSSES, plateau, rate
from update_rules import RULES, SLOTS, follow, warm_start

STEPS, CHECKS, WINDOW = 120, [1, 2, 10, 50, 100, 120], 10
START = [1.5, -0.75, 3.0, -2.0]
SCALES = [1.0, 0.25, 4.0, 2.0**-14]  # the last is small, so that the position of epsilon matters
CONSTANT = {"type": "constant"}


def draw_gradients():
    draw = random.Random(20260202)
    steps = []
    for t in range(STEPS):
        row = [single(g * scale) for g, scale in zip(normals(draw, 4), SCALES)]
        row = [0.0 if draw.random() < 0.2 else g for g in row]
        steps.append([0.0] * 4 if t in (2, 30, 60, 61, 62, 63, 99) else row)
    steps[0] = [0.625, 0.0, -3.5, 2.0**-14]  # the first update leaves one coordinate unchanged
    return steps


def draw_presence():
    """Coordinates of each step of a lazy case: 0 always, 1 and 2 sometimes, 3 never."""
    draw = random.Random(20260203)
    return [[0] + [c for c, share in ((1, 0.6), (2, 0.25)) if draw.random() < share] for _ in range(STEPS)]


GRADIENTS, PRESENT = draw_gradients(), draw_presence()

# name, hyperparameters, learning rate
OPTIMIZERS = [
    ("sgd", {}, 0.01),
    ("momentum", {"momentum": 0.9}, 0.01),
    ("nesterov", {"momentum": 0.9}, 0.01),
    ("adagrad", {"epsilon": 1e-8}, 0.01),
    ("rmsprop", {"decay": 0.9, "epsilon": 1e-8}, 0.01),
    ("adam", {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}, 0.01),
    ("adamw", {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weightDecay": 0.01}, 0.01),
    ("ftrl", {"beta": 1.0, "l1": 0.0, "l2": 0.0}, 0.1),
    ("ftrl", {"beta": 1.0, "l1": 0.1, "l2": 0.2}, 0.1),
]
OTHERS = [
    ("sgd", {}, 1.5),
    ("momentum", {"momentum": 0.5}, 0.25),
    ("nesterov", {"momentum": 0.5}, 0.25),
    ("adagrad", {"epsilon": 2.0**-10}, 0.5),
    ("rmsprop", {"decay": 0.0, "epsilon": 2.0**-10}, 0.01),
    ("rmsprop", {"decay": 0.99, "epsilon": 2.0**-12}, 0.05),
    ("adam", {"beta1": 0.0, "beta2": 0.5, "epsilon": 2.0**-10}, 0.05),
    ("adam", {"beta1": 0.8, "beta2": 0.99, "epsilon": 2.0**-12}, 0.05),
    ("adamw", {"beta1": 0.8, "beta2": 0.99, "epsilon": 2.0**-12, "weightDecay": 0.25}, 0.05),
    ("ftrl", {"beta": 0.5, "l1": 1.0, "l2": 0.0}, 0.5),
]


def by_pytorch(name, parameter, hyper, l2=0.0):
    match name:
        case "sgd":
            return torch.optim.SGD([parameter], weight_decay=l2)
        case "momentum" | "nesterov":
            nesterov = name == "nesterov"
            return torch.optim.SGD([parameter], momentum=hyper["momentum"], nesterov=nesterov, weight_decay=l2)
        case "adagrad":
            return torch.optim.Adagrad([parameter], eps=hyper["epsilon"], weight_decay=l2)
        case "rmsprop":
            return torch.optim.RMSprop([parameter], alpha=hyper["decay"], eps=hyper["epsilon"], weight_decay=l2)
        case "adam":
            betas = hyper["beta1"], hyper["beta2"]
            return torch.optim.Adam([parameter], betas=betas, eps=hyper["epsilon"], weight_decay=l2)
        case "adamw":
            betas, decay = (hyper["beta1"], hyper["beta2"]), hyper["weightDecay"]
            return torch.optim.AdamW([parameter], betas=betas, eps=hyper["epsilon"], weight_decay=decay)


TORCH_SLOTS = {
    "sgd": [],
    "momentum": ["momentum_buffer"],
    "nesterov": ["momentum_buffer"],
    "adagrad": ["sum"],
    "rmsprop": ["square_avg"],
    "adam": ["exp_avg", "exp_avg_sq"],
    "adamw": ["exp_avg", "exp_avg_sq"],
}


def clip(gradient, clips):
    """By value, then by global norm. PyTorch adds 1e-6 to the norm that it divides by; we do not."""
    if "value" in clips:
        gradient = gradient.clamp(-clips["value"], clips["value"])
    if "norm" in clips:
        peer = torch.nn.Parameter(torch.zeros(4))
        peer.grad = gradient.clone()
        torch.nn.utils.clip_grad_norm_([peer], clips["norm"])
        norm = math.sqrt(sum(g * g for g in gradient.tolist()))
        gradient = gradient * (clips["norm"] / norm) if norm > clips["norm"] else gradient
        assert torch.allclose(gradient, peer.grad, rtol=2e-6, atol=0)
    return gradient


def run_pytorch(name, hyper, rates, start, clips, penalty):
    parameter = torch.nn.Parameter(torch.tensor(start))
    built_in = set(penalty) == {"l2"} and name != "adamw"  # otherwise the penalty is added explicitly
    optimizer = by_pytorch(name, parameter, hyper, penalty["l2"] if built_in else 0.0)
    for t in range(STEPS):
        gradient = clip(torch.tensor(GRADIENTS[t]), clips)
        if penalty and not built_in:
            theta = parameter.detach()
            gradient = gradient + penalty.get("l1", 0.0) * theta.sign() + penalty.get("l2", 0.0) * theta
            # the sign of a parameter close to 0 would depend on rounding
            assert "l1" not in penalty or theta.abs().min() > 1e-3, (name, t, theta)
        parameter.grad = gradient
        optimizer.param_groups[0]["lr"] = rates[t]
        optimizer.step()
        if t + 1 in CHECKS:
            state = optimizer.state[parameter]
            yield parameter.detach().tolist(), [state[slot].tolist() for slot in TORCH_SLOTS[name]]


def run_rule(name, hyper, rates, start, slots, presence):
    theta = list(start)
    for t in range(STEPS):
        follow(name, hyper, theta, slots, GRADIENTS[t], presence[t], rates[t], t + 1)
        if t + 1 in CHECKS:
            yield list(theta), [list(slot) for slot in slots]


def case(what, optimizer, schedule=CONSTANT, slots=False, warm=False, lazy=False, **around):
    name, hyper, eta = optimizer
    start = [0.0] * 4 if name == "ftrl" and not warm else START
    row = {"case": f"{name}, {what}", "optimizer": name, "hyperparameters": hyper, "learningRate": eta}
    row["schedule"] = schedule
    if schedule["type"] == "plateau":
        row |= {"window": WINDOW, "windowLosses": WINDOW_LOSSES[: STEPS // WINDOW]}
        rates = [r for r in plateau(schedule, eta, row["windowLosses"])[:-1] for _ in range(WINDOW)]
    else:
        rates = [rate(schedule, eta, t) for t in range(STEPS)]
    row |= around | {"start": start, "lazy": lazy}

    everything = [[0, 1, 2, 3]] * STEPS
    zeros = [[0.0] * 4 for _ in SLOTS[name]]
    first = [warm_start(hyper, eta, start), zeros[1]] if warm else zeros
    by_rule = None if around else list(run_rule(name, hyper, rates, start, first, PRESENT if lazy else everything))
    if lazy or name == "ftrl":
        checks = by_rule
    else:
        checks = list(run_pytorch(name, hyper, rates, start, around.get("clip", {}), around.get("regularization", {})))
        if by_rule:
            expect_same(name, checks, by_rule)
    row["parameters"] = [theta for theta, _ in checks]
    if slots or lazy:
        row["slots"] = {slot: [values[i] for _, values in checks] for i, slot in enumerate(SLOTS[name])}
    return row


def expect_same(name, checks, others):
    """The loops of the definitions agree with PyTorch."""
    for (theta, slots), (other_theta, other_slots) in zip(checks, others):
        assert torch.allclose(torch.tensor(theta), torch.tensor(other_theta), rtol=1e-12, atol=1e-15), name
        for a, b in zip(slots, other_slots):
            assert torch.allclose(torch.tensor(a), torch.tensor(b), rtol=1e-11, atol=1e-18), name


def expect_sparse_adam():
    """The lazy loop is PyTorch's SparseAdam, which adds epsilon before bias correction; so epsilon is negligible here."""
    hyper, eta = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-200}, 0.01
    parameter = torch.nn.Parameter(torch.tensor(START))
    optimizer = torch.optim.SparseAdam([parameter], lr=eta, betas=(0.9, 0.999), eps=1e-200)
    theta, slots = list(START), [[0.0] * 4, [0.0] * 4]
    for t in range(STEPS):
        values = [GRADIENTS[t][c] or 0.5 for c in PRESENT[t]]  # no zeros: 0/0 with no epsilon
        parameter.grad = torch.sparse_coo_tensor([PRESENT[t]], values, (4,))
        optimizer.step()
        follow("adam", hyper, theta, slots, [g or 0.5 for g in GRADIENTS[t]], PRESENT[t], eta, t + 1)
        assert torch.allclose(parameter.detach(), torch.tensor(theta), rtol=1e-12, atol=0), t


def expect_ftrl_is_adagrad():
    """Without beta and penalties FTRL-Proximal descends as AdaGrad does, also at a falling rate."""
    hyper = {"beta": 0.0, "l1": 0.0, "l2": 0.0}
    parameter = torch.nn.Parameter(torch.zeros(4))
    optimizer = torch.optim.Adagrad([parameter], lr=0.1, eps=0.0)
    theta, slots = [0.0] * 4, [[0.0] * 4, [0.0] * 4]
    for t in range(STEPS):
        gradient = [g or 0.5 for g in GRADIENTS[t]]  # no zeros: 0/0 with no epsilon
        eta = 0.1 * 0.97**t
        parameter.grad = torch.tensor(gradient)
        optimizer.param_groups[0]["lr"] = eta
        optimizer.step()
        follow("ftrl", hyper, theta, slots, gradient, range(4), eta, t + 1)
        assert torch.allclose(parameter.detach(), torch.tensor(theta), rtol=1e-9, atol=1e-12), t


def cases():
    for optimizer in OPTIMIZERS:
        for schedule in [*SCHEDULES, PLATEAUS[1]]:
            what = schedule["type"] + (" with restarts" if "restarts" in schedule else "")
            what += " after warmup" if "warmup" in schedule else ""
            yield case(what, optimizer, schedule, slots=schedule == CONSTANT)
    for optimizer in OTHERS:
        yield case("other hyperparameters", optimizer, slots=True)
    for optimizer in OPTIMIZERS[-2:] + OTHERS[-1:]:
        yield case("warm start", optimizer, slots=True, warm=True)
    for name in ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"):
        yield case("L2", named(name), regularization={"l2": 0.01})
    for name in ("sgd", "momentum", "rmsprop", "adam"):
        yield case("L1", named(name), regularization={"l1": 0.01})
        yield case("L1 and L2", named(name), regularization={"l1": 0.01, "l2": 0.02})
        yield case("clip by value", named(name), clip={"value": 0.5})
        yield case("clip by norm", named(name), clip={"norm": 1.0})
        yield case("clip by value, then norm", named(name), clip={"value": 1.5, "norm": 1.0})
        everything = {"clip": {"norm": 1.0}, "regularization": {"l1": 0.01, "l2": 0.02}}
        yield case("clip by norm, L1, L2, cosine", named(name), SCHEDULES[3], **everything)
    for name in ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "ftrl"):
        yield case("lazy", named(name), lazy=True)
        yield case("lazy, cosine after warmup", named(name), SCHEDULES[7], lazy=True)


def named(name):
    """The optimizer with its defaults; for ftrl, the one with penalties."""
    return [optimizer for optimizer in OPTIMIZERS if optimizer[0] == name][-1]


if __name__ == "__main__":
    assert set(RULES) == {name for name, _, _ in OPTIMIZERS}
    expect_sparse_adam()
    expect_ftrl_is_adagrad()
    parts = {"gradients": GRADIENTS, "present": PRESENT, "checks": CHECKS, "cases": list(cases())}
    write("optimizers.json", **parts)

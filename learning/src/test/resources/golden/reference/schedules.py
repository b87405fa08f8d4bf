#!/usr/bin/env python3
"""Writes schedules.json: the learning rate before each update, by formula in float64, checked against PyTorch.

A schedule is a dict with its type, its numbers, and an optional warmup; t counts the updates already made. Format: README.md.
"""

import math

from golden_file import write
from peer import lr_scheduler, torch

POINTS = [*range(0, 13), *range(18, 23), 24, 25, 26, 30, 33, 39, 40, 41, 49, 50, 51, 59, 60, 61, 62, 75, 79, 80, 81, 90]
POINTS += [98, 99, 100, 101, 104, 105, 106, 109, 110, 111, 119, 120, 121, 150, 160, 180, 199, 200]


def rate(schedule, eta, t):
    """The learning rate of the update after t others."""
    warmup = schedule.get("warmup", 0)
    if t < warmup:
        return eta * (t + 1) / warmup
    t -= warmup
    match schedule["type"]:
        case "constant":
            return eta
        case "step":
            return eta * schedule["gamma"] ** (t // schedule["every"])
        case "exponential":
            return eta * schedule["gamma"] ** t
        case "cosine":
            low, steps = schedule["minimum"], schedule["steps"]
            if schedule.get("restarts"):
                t %= steps
            return low + (eta - low) * (1 + math.cos(math.pi * t / steps)) / 2 if t < steps else low
        case "inverse":
            return eta / (1 + t / schedule["tau"]) ** schedule["power"]
    raise ValueError(schedule)


def plateau(schedule, eta, losses):
    """The rate during each window and after the last: multiplied by gamma after patience windows in a row without improvement."""
    best, waited, rates = math.inf, 0, [eta]
    for loss in losses:
        waited = 0 if loss < best else waited + 1
        best = min(best, loss)
        if waited == schedule["patience"]:
            waited, eta = 0, eta * schedule["gamma"]
        rates.append(eta)
    return rates


WINDOW_LOSSES = [1.0, 0.75, 0.75, 0.875, 0.5, 0.5, 0.625, 0.5625, 0.5, 0.5, 0.4375, 0.4375, 0.5, 0.375, 0.375, 0.25]
PLATEAUS = [{"type": "plateau", "gamma": 0.5, "patience": p} for p in (1, 2, 3)]
PLATEAUS += [{"type": "plateau", "gamma": 0.1, "patience": 2}]

SCHEDULES = [
    {"type": "constant"},
    {"type": "step", "gamma": 0.5, "every": 25},
    {"type": "exponential", "gamma": 0.98},
    {"type": "cosine", "steps": 100, "minimum": 0.0001},
    {"type": "cosine", "steps": 40, "minimum": 0.001, "restarts": True},
    {"type": "inverse", "tau": 20.0, "power": 0.5},
    {"type": "constant", "warmup": 10},
    {"type": "cosine", "steps": 80, "minimum": 0.0001, "warmup": 20},
]
MORE_SCHEDULES = [
    {"type": "step", "gamma": 0.1, "every": 1},
    {"type": "cosine", "steps": 1, "minimum": 0.001},
    {"type": "cosine", "steps": 50, "minimum": 0.0},
    {"type": "cosine", "steps": 1, "minimum": 0.001, "restarts": True},
    {"type": "inverse", "tau": 100.0, "power": 1.0},
    {"type": "inverse", "tau": 10.0, "power": 0.75},
    {"type": "constant", "warmup": 1},
    {"type": "step", "gamma": 0.5, "every": 25, "warmup": 10},
    {"type": "exponential", "gamma": 0.98, "warmup": 5},
    {"type": "cosine", "steps": 40, "minimum": 0.001, "restarts": True, "warmup": 20},
    {"type": "inverse", "tau": 20.0, "power": 0.5, "warmup": 100},
]


# --- PyTorch's schedulers, as a check of the formulas


def peer(schedule, optimizer):
    match schedule["type"]:
        case "step":
            return lr_scheduler.StepLR(optimizer, schedule["every"], schedule["gamma"])
        case "exponential":
            return lr_scheduler.ExponentialLR(optimizer, schedule["gamma"])
        case "cosine":
            form = lr_scheduler.CosineAnnealingWarmRestarts if schedule.get("restarts") else lr_scheduler.CosineAnnealingLR
            return form(optimizer, schedule["steps"], eta_min=schedule["minimum"])
    return None


def check(schedule, eta):
    """PyTorch lacks inverse decay and our warmup, and its cosine rises again after T, so it is compared only before T."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=eta)
    scheduler = None if "warmup" in schedule else peer(schedule, optimizer)
    if scheduler is None:
        return
    falls_once = schedule["type"] == "cosine" and not schedule.get("restarts")
    for t in range(schedule["steps"] + 1 if falls_once else 201):
        ours, theirs = rate(schedule, eta, t), scheduler.get_last_lr()[0]
        assert math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-15), (schedule, t, ours, theirs)
        optimizer.step()
        scheduler.step()


def check_plateau(schedule, eta, losses):
    """PyTorch reduces the rate after more bad windows than its patience: ours minus one."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=eta)
    peer = lr_scheduler.ReduceLROnPlateau(optimizer, factor=schedule["gamma"], patience=schedule["patience"] - 1, threshold=0)
    ours = plateau(schedule, eta, losses)
    for i, loss in enumerate(losses):
        peer.step(loss)
        assert math.isclose(ours[i + 1], optimizer.param_groups[0]["lr"]), (schedule, i)


def cases():
    for schedule in SCHEDULES + MORE_SCHEDULES:
        for eta in (0.01, 0.5):
            check(schedule, eta)
        yield {"schedule": schedule, "learningRate": 0.01, "rates": [rate(schedule, 0.01, t) for t in POINTS]}


def plateau_cases():
    for schedule in PLATEAUS:
        check_plateau(schedule, 0.01, WINDOW_LOSSES)
        rates = plateau(schedule, 0.01, WINDOW_LOSSES)
        yield {"schedule": schedule, "learningRate": 0.01, "windowLosses": WINDOW_LOSSES, "rates": rates}


if __name__ == "__main__":
    write("schedules.json", t=POINTS, schedules=list(cases()), plateaus=list(plateau_cases()))

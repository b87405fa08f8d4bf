"""The optimizers as in their papers, one coordinate at a time: (theta, slots, g, rate, t, hyper) -> new theta and slots.

t counts from 1. A lazy update does the same for the touched coordinates, and nothing for the others.
"""

from math import copysign, sqrt


def sgd(theta, slots, g, rate, _, hyper):
    return theta - rate * g, []


def momentum(theta, slots, g, rate, _, hyper):
    v = hyper["momentum"] * slots[0] + g
    return theta - rate * v, [v]


def nesterov(theta, slots, g, rate, _, hyper):
    v = hyper["momentum"] * slots[0] + g
    return theta - rate * (g + hyper["momentum"] * v), [v]


def adagrad(theta, slots, g, rate, _, hyper):
    total = slots[0] + g * g
    return theta - rate * g / (sqrt(total) + hyper["epsilon"]), [total]


def rmsprop(theta, slots, g, rate, _, hyper):
    mean = hyper["decay"] * slots[0] + (1 - hyper["decay"]) * g * g
    return theta - rate * g / (sqrt(mean) + hyper["epsilon"]), [mean]


def adam(theta, slots, g, rate, t, hyper):
    beta1, beta2 = hyper["beta1"], hyper["beta2"]
    m = beta1 * slots[0] + (1 - beta1) * g
    v = beta2 * slots[1] + (1 - beta2) * g * g
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return theta - rate * m_hat / (sqrt(v_hat) + hyper["epsilon"]), [m, v]


def adamw(theta, slots, g, rate, t, hyper):
    moved, slots = adam(theta, slots, g, rate, t, hyper)
    return moved - rate * hyper["weightDecay"] * theta, slots


def ftrl(theta, slots, g, rate, _, hyper):
    """McMahan et al. 2013, algorithm 1, with the weight computed after the update and alpha the rate of the step.

    sigma is the growth of the divisor since it last determined the weight, so that it includes a change of the rate.
    """
    z, n = slots
    n += g * g
    divisor = (hyper["beta"] + sqrt(n)) / rate + hyper["l2"]
    before = (copysign(hyper["l1"], z) - z) / theta if theta else 0.0
    z += g - (divisor - before) * theta
    if abs(z) <= hyper["l1"]:
        return 0.0, [z, n]
    return (copysign(hyper["l1"], z) - z) / divisor, [z, n]


def warm_start(hyper, rate, start):
    """The z at which FTRL has these weights, while n is 0."""
    return [-theta * (hyper["beta"] / rate + hyper["l2"]) - copysign(hyper["l1"], theta) for theta in start]


RULES = {f.__name__: f for f in (sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw, ftrl)}

# names of the slots, in order
SLOTS = {
    "sgd": [],
    "momentum": ["v"],
    "nesterov": ["v"],
    "adagrad": ["G"],
    "rmsprop": ["E"],
    "adam": ["m", "v"],
    "adamw": ["m", "v"],
    "ftrl": ["z", "n"],
}


def follow(name, hyper, theta, slots, gradient, present, rate, t):
    """Takes one step in place."""
    for c in present:
        theta[c], moved = RULES[name](theta[c], [slot[c] for slot in slots], gradient[c], rate, t, hyper)
        for slot, value in zip(slots, moved):
            slot[c] = value

#!/usr/bin/env python3
"""Writes models.json: logits, loss and parameter gradients of small networks, by PyTorch's autograd in float64.

Weights are (inputs x outputs), row by row: z = x W + b, the transpose of PyTorch's. Format: README.md.
"""

import random

from golden_file import normals, single, write
from peer import functional, torch

draw = random.Random(20260204)

ACTIVATIONS = {
    "relu": torch.relu,
    "leaky-relu": lambda z: functional.leaky_relu(z, 0.01),
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "gelu": lambda z: functional.gelu(z, approximate="none"),
}


def parameters(**shapes):
    """Random parameters by name. Biases are not 0, so that a missing bias shows."""
    return {name: torch.tensor(normals(draw, rows * columns, 0.6)).reshape(rows, columns) for name, (rows, columns) in shapes.items()}


def tracked(given):
    return {name: p.clone().requires_grad_() for name, p in given.items()}


def flat(tensors):
    return {name: tensor.reshape(-1).tolist() for name, tensor in tensors.items()}


def finish(row, given, logits, value):
    value.backward()
    row["shapes"] = {name: list(p.shape) for name, p in given.items()}
    row["parameters"] = flat({name: p.detach() for name, p in given.items()})
    row |= {"logits": logits.detach().tolist(), "value": value.item()}
    row["gradient"] = flat({name: p.grad for name, p in given.items()})
    return row


def dense(theta, x, layers, activation):
    """Layers 0 ... layers - 1; the activation is between layers, not after the last."""
    for layer in range(layers):
        x = x @ theta[f"weights{layer}"] + theta[f"bias{layer}"]
        if layer < layers - 1:
            if activation in ("relu", "leaky-relu"):
                assert x.detach().abs().min() > 1e-4, "a kink within reach of a rounding"
            x = ACTIVATIONS[activation](x)
    return x


def mlp_cases():
    given = parameters(weights0=(5, 4), bias0=(1, 4), weights1=(4, 3), bias1=(1, 3))
    deeper = parameters(weights0=(5, 4), bias0=(1, 4), weights1=(4, 3), bias1=(1, 3), weights2=(3, 3), bias2=(1, 3))
    inputs, labels = [normals(draw, 5) for _ in range(3)], [2, 0, 1]
    for what, sizes, start in (("one hidden layer", [5, 4, 3], given), ("two hidden layers", [5, 4, 3, 3], deeper)):
        for activation in ACTIVATIONS if start is given else ("relu", "gelu"):
            theta = tracked(start)
            logits = dense(theta, torch.tensor(inputs), len(sizes) - 1, activation)
            row = {"case": f"mlp, {activation}, {what}", "model": "mlp", "layers": sizes, "activation": activation}
            row |= {"loss": "sparse-categorical-cross-entropy", "inputs": inputs, "labels": labels}
            yield finish(row, theta, logits, functional.cross_entropy(logits, torch.tensor(labels)))


def machine_cases():
    """Pair by pair, as Rendle defines them: bias + sum w_i x_i + sum over i < j of <v_i, v_j> x_i x_j."""
    theta = tracked(parameters(bias=(1, 1), weights=(6, 1), factors=(6, 3)))
    samples = [
        {"features": [0, 2, 5], "values": normals(draw, 3)},
        {"features": [1], "values": [1.0]},
        {"features": [0, 1, 2, 3], "values": [1.0, 1.0, single(0.3), -2.0]},  # no sample has feature 4
    ]
    labels, logits = [1.0, 0.0, 1.0], []
    for sample in samples:
        present = list(zip(sample["features"], sample["values"]))
        z = theta["bias"][0, 0]
        for k, (i, x) in enumerate(present):
            z = z + theta["weights"][i, 0] * x
            for j, other in present[k + 1 :]:
                z = z + torch.dot(theta["factors"][i], theta["factors"][j]) * x * other
        logits.append(z)
    z = torch.stack(logits)
    row = {"case": "factorization-machine", "model": "factorization-machine", "rank": 3}
    row |= {"loss": "binary-cross-entropy", "samples": samples, "labels": labels}
    yield finish(row, theta, z, functional.binary_cross_entropy_with_logits(z, torch.tensor(labels)))


def embedding_cases():
    """Row 4 * field + bucket of one table; embeddings first, then the dense features."""
    for activation, outputs, loss in (("relu", 1, "binary-cross-entropy"), ("tanh", 3, "sparse-categorical-cross-entropy")):
        shapes = {"embeddings": (8, 3), "weights0": (8, 4), "bias0": (1, 4), "weights1": (4, outputs), "bias1": (1, outputs)}
        theta = tracked(parameters(**shapes))
        buckets, inputs = [[1, 3], [1, 0], [2, 3]], [normals(draw, 2) for _ in range(3)]
        rows = [[4 * field + bucket for field, bucket in enumerate(sample)] for sample in buckets]
        embedded = theta["embeddings"][torch.tensor(rows)].reshape(3, 6)
        logits = dense(theta, torch.cat([embedded, torch.tensor(inputs)], 1), 2, activation)
        if outputs == 1:
            labels = [1.0, 0.0, 0.0]
            value = functional.binary_cross_entropy_with_logits(logits[:, 0], torch.tensor(labels))
        else:
            labels = [0, 2, 1]
            value = functional.cross_entropy(logits, torch.tensor(labels))
        row = {"case": f"embedding-mlp, {outputs} outputs", "model": "embedding-mlp", "activation": activation, "loss": loss}
        row |= {"buckets": buckets, "rows": rows, "inputs": inputs, "labels": labels}
        yield finish(row, theta, logits, value)


# --- recurrent


def gru(theta, inputs, padding, window):
    """PyTorch's own layer, over sequences padded with noise; the gradient does not flow back over a window's boundary."""
    layer = torch.nn.GRU(2, 3, batch_first=True)
    transposed = {
        "weight_ih_l0": theta["inputWeights"].T,
        "weight_hh_l0": theta["hiddenWeights"].T,
        "bias_ih_l0": theta["inputBias"][0],
        "bias_hh_l0": theta["hiddenBias"][0],
    }
    longest = max(len(steps) for steps in inputs)
    x = torch.tensor([steps + [padding] * (longest - len(steps)) for steps in inputs])
    h, states = torch.zeros(1, len(inputs), 3), []
    for at in range(0, longest, window):
        out, h = torch.func.functional_call(layer, transposed, (x[:, at : at + window], h.detach()))
        states.append(out)
    return torch.cat(states, 1)


def by_equations(theta, steps):
    """Hidden states of one sequence, gate by gate, as a check of the order of the columns: r, z, n."""
    h, states = torch.zeros(3), []
    for x in torch.tensor(steps):
        a = x @ theta["inputWeights"] + theta["inputBias"][0]
        b = h @ theta["hiddenWeights"] + theta["hiddenBias"][0]
        r, z = torch.sigmoid(a[:3] + b[:3]), torch.sigmoid(a[3:6] + b[3:6])
        n = torch.tanh(a[6:] + r * b[6:])
        h = (1 - z) * n + z * h
        states.append(h)
    return torch.stack(states)


def gru_cases():
    shapes = {"inputWeights": (2, 9), "hiddenWeights": (3, 9), "inputBias": (1, 9), "hiddenBias": (1, 9)}
    given = parameters(**shapes, outputWeights=(3, 2), outputBias=(1, 2))
    sequences = [[normals(draw, 2) for _ in range(n)] for n in (5, 3)]
    labels = [[draw.randrange(2) for _ in steps] for steps in sequences]
    for what, some, window in (("lengths 5 and 3", [0, 1], 5), ("length 3", [1], 5), ("truncated after 2 steps", [0, 1], 2)):
        inputs, classes = [sequences[i] for i in some], [labels[i] for i in some]
        results = []
        for padding in ([0.0, 0.0], [7.0, -3.0]):
            theta = tracked(given)
            hidden = gru(theta, inputs, padding, window)
            states = [hidden[i, : len(steps)] for i, steps in enumerate(inputs)]
            logits = torch.cat(states) @ theta["outputWeights"] + theta["outputBias"]
            value = functional.cross_entropy(logits, torch.tensor(sum(classes, [])))
            row = {"case": f"sequence, gru, {what}", "model": "sequence", "loss": "sequence-cross-entropy", "window": window}
            row["sequences"] = [{"inputs": steps, "label": label} for steps, label in zip(inputs, classes)]
            row["hidden"] = [state.tolist() for state in states]
            results.append(finish(row, theta, logits, value))
        assert results[0] == results[1], "padding is learned from"
        for steps, state in zip(inputs, states):
            assert torch.allclose(by_equations(given, steps), state, rtol=1e-13, atol=1e-15)
        yield results[0]


if __name__ == "__main__":
    write("models.json", cases=[*mlp_cases(), *machine_cases(), *embedding_cases(), *gru_cases()])

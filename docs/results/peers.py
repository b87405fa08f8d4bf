"""The learners of reference.py, test-then-train: each predicts a row or a batch, and then learns it.

Each returns its predictions: logits for classes, numbers for a regression.
"""

import numpy
import scipy.sparse
import torch
from sklearn.linear_model import SGDClassifier, SGDRegressor
from sklearn.neural_network import MLPClassifier

from streams import BINARY, MULTICLASS, REGRESSION

torch.set_num_threads(1)


def sigmoid(z):
    return 1 / (1 + numpy.exp(-numpy.clip(z, -500, 500)))


def softmax(z):
    powers = numpy.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def linear_by_hand(stream, rates, one_against_all=False):
    """Stochastic gradient descent over numpy, one row per step, for all learning rates at once.

    The step of SGDClassifier(log_loss) and SGDRegressor(squared_error): theta -= rate * (p - y) * x; with softmax instead
    of one logistic regression per class unless `one_against_all`. Squared error is halved, as there.

    Returns logits of every row, [rows, rates, outputs], and those of the held rows after the pass.
    """
    outputs = stream.classes if stream.task == MULTICLASS else 1
    link = {BINARY: sigmoid, REGRESSION: lambda z: z, MULTICLASS: sigmoid if one_against_all else softmax}[stream.task]
    shape = (len(rates), outputs)
    theta = numpy.zeros((stream.width, len(rates) * outputs))
    steps = numpy.asarray(rates)[:, None]
    logits = numpy.empty((len(stream.rows), *shape))
    one_hot = numpy.eye(outputs)
    with numpy.errstate(all="ignore"):
        for i, (places, values) in enumerate(stream.rows):
            z = (values @ theta[places]).reshape(shape)
            logits[i] = z
            target = one_hot[int(stream.target[i])] if outputs > 1 else stream.target[i]
            theta[places] -= numpy.outer(values, steps * (link(z) - target))
    held = stream.held and numpy.array([(v @ theta[p]).reshape(shape) for p, v in stream.held.rows])
    return logits, held


def linear_by_partial_fit(stream, rate):
    """SGDClassifier or SGDRegressor, one row per call. The bias is an input of 1, because its own intercept learns
    at a hundredth of the rate on sparse rows. Several classes: one logistic regression each."""
    settings = dict(penalty=None, learning_rate="constant", eta0=rate, fit_intercept=False, shuffle=False)
    if stream.task == REGRESSION:
        model, more = SGDRegressor(loss="squared_error", **settings), {}
    else:
        model, more = SGDClassifier(loss="log_loss", **settings), {"classes": numpy.arange(stream.classes)}
    outputs = stream.classes if stream.task == MULTICLASS else 1
    logits = numpy.zeros((len(stream.rows), outputs))
    for i, (places, values) in enumerate(stream.rows):
        if i:
            logits[i] = model.coef_.reshape(outputs, -1)[:, places] @ values
        model.partial_fit(matrix(places, values, stream.width), stream.target[i : i + 1], **more)
    held = stream.held and numpy.array([model.coef_.reshape(outputs, -1)[:, p] @ v for p, v in stream.held.rows])
    return logits, held


def matrix(places, values, width):
    if isinstance(places, slice):
        return values[None]
    return scipy.sparse.csr_matrix((values, places, [0, len(values)]), shape=(1, width))


def mlp_by_partial_fit(stream, hidden, rate, batch, optimizer):
    """MLPClassifier, one step per batch. Before the first batch it has no parameters: equal probabilities."""
    model = MLPClassifier(hidden, solver=optimizer, alpha=0, learning_rate_init=rate, shuffle=False, random_state=1)
    chances = numpy.full((len(stream.dense), stream.classes), 1 / stream.classes)
    for at in range(0, len(stream.dense), batch):
        part = slice(at, at + batch)
        if at:
            chances[part] = model.predict_proba(stream.dense[part])
        model.partial_fit(stream.dense[part], stream.target[part], classes=numpy.arange(stream.classes))
    chances = numpy.clip(chances, 1e-15, 1)
    if stream.task == BINARY:
        return numpy.log(chances[:, 1:] / chances[:, :1])
    return numpy.log(chances)


def torch_net(x, y, loss, outputs, hidden, batch, activation, make_optimizer, seed=42):
    """A network in PyTorch with its default initialization, rows in order.

    Returns its outputs for every row, each before its batch is learned, and the network after the pass.
    """
    torch.manual_seed(seed)
    sizes = [x.shape[1], *hidden, outputs]
    layers = [torch.nn.Linear(sizes[0], sizes[1])]
    for before, after in zip(sizes[1:], sizes[2:]):
        layers += [activation(), torch.nn.Linear(before, after)]
    net = torch.nn.Sequential(*layers)
    optimizer = make_optimizer(net.parameters())
    logits = []
    for rows, labels in zip(x.split(batch), y.split(batch)):
        optimizer.zero_grad()
        z = net(rows)
        logits.append(z.detach())
        loss(z, labels).backward()
        optimizer.step()
    return torch.cat(logits).double().numpy(), net


def naive(stream):
    """Yields (name, predictions) of the baselines without features. Probabilities are smoothed by one row per class."""
    y = stream.target
    if stream.task == REGRESSION:
        before = numpy.concatenate([[0], y[:-1]])
        yield "running mean", numpy.cumsum(before)[:, None] / numpy.maximum(1, numpy.arange(len(y)))[:, None]
        yield "previous value", before[:, None]
        return
    seen = numpy.eye(stream.classes)[y.astype(int)]
    counts = numpy.cumsum(seen, axis=0) - seen + 1
    chances = numpy.log(counts / counts.sum(axis=1, keepdims=True))
    yield "majority class so far", chances[:, 1:] - chances[:, :1] if stream.task == BINARY else chances
    previous = numpy.vstack([numpy.zeros(stream.classes), seen[:-1]])
    yield "previous label", numpy.where(previous[:, 1:], 1.0, -1.0) if stream.task == BINARY else previous

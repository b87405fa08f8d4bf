#!/usr/bin/env python3
"""Runs scikit-learn and PyTorch on the streams of docs/results.md; each row is predicted before it is learned.

One pass in file order. Learning rates are the best of a small grid by the mean loss over the whole pass: a choice in
hindsight, in favor of the peer. Writes reference.json and reference.md next to this script, and prints the latter:

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python3 docs/results/reference.py --data DIR

Used with scikit-learn 1.4, PyTorch 2.6, and numpy 2.2; one core, under ten minutes.
"""

import argparse
import itertools
import json
import pathlib
import time

import numpy
import sklearn
import torch
from sklearn.metrics import roc_auc_score

import peers
from streams import BINARY, MULTICLASS, REGRESSION, all_streams, numbers

HERE = pathlib.Path(__file__).parent
RATES = [1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1, 3, 10]
MLP_RATES = [0.001, 0.003, 0.01, 0.03]
MLP_BATCHES = [1, 8]
MLPS = {"banana": (32, 32, 32), "digits8x8": (128,), "satellite": (64, 32), "image_segments": (64, 32)}
FUNCTIONAL = torch.nn.functional
TORCH_NETS = [
    ("banana", (32, 32, 32), 1, 0.1, FUNCTIONAL.binary_cross_entropy_with_logits),
    ("digits8x8", (128,), 4, 0.03, FUNCTIONAL.cross_entropy),
    ("satellite", (64, 32), 1, 0.05, FUNCTIONAL.cross_entropy),
    ("image_segments", (64, 32), 1, 0.05, FUNCTIONAL.cross_entropy),
    ("diamonds", (64, 32), 16, 0.5, FUNCTIONAL.mse_loss),
    ("diamonds", (64, 32), 16, 0.5, FUNCTIONAL.l1_loss),
]
TORCH_OPTIMIZERS = {
    "sgd 0.05": lambda parameters: torch.optim.SGD(parameters, lr=0.05),
    "rmsprop 0.001": lambda parameters: torch.optim.RMSprop(parameters, lr=0.001, alpha=0.9),
    "adam 0.001": lambda parameters: torch.optim.Adam(parameters, lr=0.001),
}
METRICS = ["accuracy", "logLoss", "auc", "mae", "rmse", "r2"]


def metrics(task, z, y):
    """Returns the metrics of logits (or numbers) z, [rows, outputs]."""
    if task == REGRESSION:
        error = z[:, 0] - y
        squared = numpy.mean(error**2)
        return {
            "mae": numpy.mean(abs(error)),
            "rmse": numpy.sqrt(squared),
            "r2": 1 - squared / numpy.var(y),
        }
    if task == BINARY:
        z = z[:, 0]
        return {
            "accuracy": numpy.mean((z >= 0) == (y == 1)),
            "logLoss": numpy.mean(numpy.logaddexp(0, numpy.where(y == 1, -z, z))),
            "auc": roc_auc_score(y, z),
        }
    chosen = numpy.take_along_axis(z, y.astype(int)[:, None], axis=1)[:, 0]
    return {
        "accuracy": numpy.mean(z.argmax(axis=1) == y),
        "logLoss": numpy.mean(numpy.logaddexp.reduce(z, axis=1) - chosen),
    }


def loss(result):
    number = result.get("logLoss", result.get("rmse"))
    return number if numpy.isfinite(number) else numpy.inf


def row(stream, model, z, held=None, seconds=None, **hyperparameters):
    result = {"data": stream.name, "rows": len(stream.target), "model": model, **hyperparameters}
    with numpy.errstate(all="ignore"):
        finite = numpy.isfinite(z).all() and abs(z).max() < 1e12
        result |= metrics(stream.task, z, stream.target) if finite else {"logLoss": numpy.inf}
    if held is not None:
        result["test"] = metrics(stream.task, held, stream.held.target)
    if seconds is not None:
        result["seconds"] = seconds
    return result


def chances_of_one_against_all(z):
    """Returns the log probabilities of SGDClassifier: one per class, normalized."""
    chances = peers.sigmoid(z)
    return numpy.log(numpy.maximum(chances, 1e-300) / numpy.maximum(chances.sum(axis=-1, keepdims=True), 1e-300))


def linear_rows(stream):
    """The best rate by hand, and scikit-learn's own code at that rate."""
    own_code = stream.task == MULTICLASS
    if own_code:
        z, held = peers.linear_by_hand(stream, RATES)
        yield best(stream, "softmax regression, sgd (numpy)", z, held)
    z, held = peers.linear_by_hand(stream, RATES, one_against_all=True)
    name = "SGDRegressor" if stream.task == REGRESSION else "SGDClassifier"
    by_hand = best(stream, name, chances_of_one_against_all(z) if own_code else z, held)
    start = time.perf_counter()
    z, held = peers.linear_by_partial_fit(stream, by_hand["learningRate"])
    seconds = time.perf_counter() - start
    result = row(
        stream,
        name,
        chances_of_one_against_all(z) if own_code else z,
        held,
        seconds,
        learningRate=by_hand["learningRate"],
    )
    if abs(loss(result) - loss(by_hand)) > 1e-6 * loss(by_hand):
        raise AssertionError(f"{stream.name}: {loss(result)} by partial_fit, {loss(by_hand)} by hand")
    yield result


def best(stream, name, z, held):
    return min(
        (
            row(stream, name, z[:, i], None if held is None else held[:, i], learningRate=rate)
            for i, rate in enumerate(RATES)
        ),
        key=loss,
    )


def mlp_rows(stream):
    hidden = MLPS[stream.name]
    for optimizer, name in (("adam", "adam"), ("sgd", "nesterov")):
        results = []
        for batch, rate in itertools.product(MLP_BATCHES, MLP_RATES):
            start = time.perf_counter()
            z = peers.mlp_by_partial_fit(stream, hidden, rate, batch, optimizer)
            seconds = time.perf_counter() - start
            settings = dict(learningRate=rate, hidden=hidden, batch=batch)
            results.append(row(stream, f"MLPClassifier, relu, {name}", z, None, seconds, **settings))
        yield min(results, key=loss)


def torch_rows(stream):
    for data, hidden, batch, rate, objective in TORCH_NETS:
        if data != stream.name:
            continue
        x = torch.tensor(stream.dense, dtype=torch.float32)
        y = torch.tensor(stream.target)
        y = y.long() if stream.task == MULTICLASS else y.float()[:, None]
        outputs = stream.classes if stream.task == MULTICLASS else 1
        start = time.perf_counter()
        z, _ = peers.torch_net(
            x, y, objective, outputs, hidden, batch, torch.nn.GELU,
            lambda parameters: torch.optim.Adagrad(parameters, lr=rate, eps=1e-8),
        )  # fmt: skip
        seconds = time.perf_counter() - start
        name = "PyTorch, gelu, adagrad"
        if stream.task == REGRESSION:
            name += {FUNCTIONAL.mse_loss: ", squared error", FUNCTIONAL.l1_loss: ", absolute error"}[objective]
        yield row(stream, name, z, None, seconds, learningRate=rate, hidden=hidden, batch=batch)


def fashion_rows(folder):
    parts = []
    for part in ("train", "test"):
        table = numbers(pathlib.Path(folder, f"fashion_mnist.{part}.csv.gz"))
        parts.append((torch.tensor(table[:, 1:] / 255, dtype=torch.float32), torch.tensor(table[:, 0]).long()))
    shape = dict(hidden=(512, 128), batch=32)
    (x, y), (test_x, test_y) = parts
    for name, optimizer in TORCH_OPTIMIZERS.items():
        start = time.perf_counter()
        z, net = peers.torch_net(
            x, y, FUNCTIONAL.cross_entropy, 10, activation=torch.nn.ReLU, make_optimizer=optimizer, **shape
        )
        seconds = time.perf_counter() - start
        with torch.no_grad():
            test_z = net(test_x).double().numpy()
        yield {
            "data": "fashion_mnist",
            "rows": len(y),
            "model": f"PyTorch, relu, {name.split()[0]}",
            "learningRate": float(name.split()[1]),
            **shape,
            **metrics(MULTICLASS, z, y.numpy()),
            "test": metrics(MULTICLASS, test_z, test_y.numpy()),
            "seconds": seconds,
        }


def all_rows(folder):
    for stream in all_streams(folder):
        for name, z in peers.naive(stream):
            result = row(stream, name, z)
            if name == "previous label":
                result.pop("logLoss")
                result.pop("auc", None)
            yield result
        yield from linear_rows(stream)
        if stream.name in MLPS:
            yield from mlp_rows(stream)
        yield from torch_rows(stream)
    yield from fashion_rows(folder)


def shown(value):
    if value is None:
        return ""
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"


def table(results):
    heads = ["data set", "rows", "model", "rate", "accuracy", "log loss", "AUC", "MAE", "RMSE", "R²"]
    heads += ["after the pass", "seconds"]
    lines = ["| " + " | ".join(heads) + " |", "| " + " | ".join(["---"] * len(heads)) + " |"]
    for result in results:
        model = result["model"]
        if "hidden" in result:
            model += f", hidden {'-'.join(map(str, result['hidden']))}, batch {result['batch']}"
        test = result.get("test")
        rate = f"{result['learningRate']:g}" if "learningRate" in result else ""
        cells = [result["data"], f"{result['rows']:,}", model, rate]
        cells += [shown(result.get(metric)) for metric in METRICS]
        cells += [f"accuracy {test['accuracy']:.3f}, log loss {test['logLoss']:.3f}" if test else ""]
        cells += [f"{result['seconds']:.1f}" if "seconds" in result else ""]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


NOTES = """# Other tools on the same streams

```
python3 docs/results/reference.py --data DIR    # writes this page
```

Every row is predicted before it is learned, in file order and in one pass; metrics cover all rows. Numbers are standardized online as in Freshet (exact Welford, including the row), except for `rcv1_small` (unchanged) and `fashion_mnist` (pixels / 255). `flights` has three numbers and two hashed airports.

- `SGDClassifier` (log loss) and `SGDRegressor`: scikit-learn's `partial_fit`, one row per call. The rate is the best of {rates}. A numpy loop that makes the same step for all rates at once finds it; the script fails if the two losses differ by more than one part in a million. scikit-learn halves the squared error, so its rate is twice that of Freshet's `mean-squared-error`. For several classes it learns one logistic regression each, so the same loop with a softmax, as in Freshet, is listed too.
- `MLPClassifier`: `partial_fit`, one step per batch, no penalty, best of batches of {mlp_batches} and rates {mlp_rates}; Nesterov with momentum 0.9. It supports neither GELU nor AdaGrad.
- PyTorch: default initialization, seed 42; epsilon 1e-8; RMSProp with decay 0.9. Hyperparameters were tuned beforehand on the same data, also a choice in hindsight.
- *After the pass*: on the test file of `fashion_mnist` and the test part of `rcv1_small`, without learning it.
- `approval_polls` starts with an error of 44, because nothing is known before the first row; the squared error shows it.
- *majority class so far*, *previous label*, *running mean*, and *previous value* use no features.
- Seconds cover the pass alone, on one core.

scikit-learn {sklearn}, PyTorch {torch}, numpy {numpy}.

{table}
"""


def rounded(value):
    """Rounds to six significant digits, which other machines reproduce."""
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    return float(f"{value:.6g}") if isinstance(value, float) else value


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", required=True, help="folder of the data sets")
    folder = arguments.parse_args().data
    results = []
    with sklearn.config_context(assume_finite=True, skip_parameter_validation=True):
        for result in all_rows(folder):
            results.append(rounded(result))
            print(json.dumps(results[-1]), flush=True)
    text = NOTES.format(
        rates=", ".join(f"{rate:g}" for rate in RATES),
        mlp_batches=" or ".join(map(str, MLP_BATCHES)),
        mlp_rates=", ".join(f"{rate:g}" for rate in MLP_RATES),
        sklearn=sklearn.__version__,
        torch=torch.__version__.split("+")[0],
        numpy=numpy.__version__,
        table=table(results),
    )
    (HERE / "reference.json").write_text(json.dumps(results, indent=1) + "\n")
    (HERE / "reference.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()

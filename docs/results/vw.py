#!/usr/bin/env python3
"""Runs Freshet without `optimizer` and Vowpal Wabbit without options on the same features; writes vw.json for freshet.py.

    python3 docs/results/vw.py --data DIR [--vw PATH]

Vowpal Wabbit gets `--loss_function logistic`, and `--oaa K` for K classes; its default loss is the squared one. Each row is
predicted before it is learned. A zero is left out; numbers are given as they are, or standardized online as Freshet does it.
One logistic regression per class is all that Vowpal Wabbit has for classes: its probabilities are divided by their sum, as its
own `--probabilities` does, and Freshet's are a softmax. Used with Vowpal Wabbit 9.11.2 and the packages of reference.py.
"""

import argparse
import gzip
import json
import pathlib
import re
import subprocess
import tempfile
from typing import NamedTuple

import numpy

from freshet import train
from reference import chances_of_one_against_all, metrics, rounded
from streams import BINARY, MULTICLASS, REGRESSION, numbers, records, standardize

HERE = pathlib.Path(__file__).resolve().parent
LOSSES = {
    BINARY: "binary-cross-entropy",
    MULTICLASS: "sparse-categorical-cross-entropy",
    REGRESSION: "mean-squared-error",
}

METRICS = ("accuracy", "logLoss", "auc", "mae", "rmse")


class Inputs(NamedTuple):
    """A data set in one form: for Freshet a file and the YAML of its features, for Vowpal Wabbit a text for each row."""

    data: str
    form: str
    file: pathlib.Path
    label: str
    features: str
    task: str
    classes: int
    target: numpy.ndarray
    texts: list


def pairs(row, first=1):
    return " ".join(f"{i}:{v:.9g}" for i, v in enumerate(row, first) if v)


def all_inputs(data, folder):
    for name, label in (
        ("electricity", "price_up"),
        ("weather_nebraska", "rain"),
        ("phishing", "is_phishing"),
        ("banana", "label"),
        ("spambase", "spam"),
    ):
        yield from numeric(data, name, label, BINARY, 2)
    yield spambase(data, folder)
    yield rcv1(data)
    yield from flights(data, "delayed", BINARY)
    for name, label, classes in (("satellite", "class", 6), ("shuttle", "class", 7), ("digits8x8", "digit", 10)):
        yield from numeric(data, name, label, MULTICLASS, classes)
    yield fashion(data)
    for name, label in (("diamonds", "price"), ("approval_polls", "five_thirty_eight")):
        yield from numeric(data, name, label, REGRESSION, 0)
    yield from flights(data, "delay_minutes", REGRESSION)


def numeric(data, name, label, task, classes):
    file = data / f"{name}.csv.gz"
    table = numbers(file)
    with gzip.open(file, "rt") as text:
        names = json.dumps(text.readline().strip().split(",")[:-1])
    for form, x, more in forms(table[:, :-1]):
        texts = [pairs(row) for row in x]
        yield Inputs(name, form, file, label, f"{{numeric: {names}{more}}}", task, classes, table[:, -1], texts)


def forms(x):
    yield "standardized", standardize(x), ""
    yield "raw", x, ", standardize: false"


def spambase(data, folder):
    table = numbers(data / "spambase.csv.gz")
    texts = [pairs(row) for row in table[:, :-1]]
    file = folder / "spambase.svm"
    file.write_text("".join(f"{int(y)} {text}\n" for y, text in zip(table[:, -1], texts)))
    return Inputs("spambase", "raw, LIBSVM", file, "label", "{sparse: [features]}", BINARY, 2, table[:, -1], texts)


def rcv1(data):
    file = data / "rcv1_small.train.svm.gz"
    with gzip.open(file, "rt") as lines:
        rows = [line.split(maxsplit=1) for line in lines]
    target = numpy.array([float(y) for y, _ in rows])
    return Inputs("rcv1_small", "raw, LIBSVM", file, "label", "{sparse: [features]}", BINARY, 2, target, [x for _, x in rows])


def flights(data, label, task):
    """Three numbers, and two airports that each program hashes in its own way."""
    table = records(data, "flights.csv.gz")
    columns = ("minute_of_day", "day_of_week", "distance_miles")
    airports = [" ".join(f"{name}={record[name]}" for name in ("origin", "destination")) for record in table]
    target = numpy.array([float(record[label]) for record in table])
    for form, x, more in forms(numpy.array([[float(record[column]) for column in columns] for record in table])):
        texts = [f"{pairs(row)} {words}" for row, words in zip(x, airports)]
        features = f"{{numeric: {json.dumps(columns)}, categorical: [origin, destination]{more}}}"
        yield Inputs(f"flights ({label})", form, data / "flights.csv.gz", label, features, task, 2, target, texts)


def fashion(data):
    file = data / "fashion_mnist.train.csv.gz"
    table = numbers(file)
    texts = [pairs(row) for row in table[:, 1:]]
    features = "{dense: {field: p*, length: 784}}"
    return Inputs("fashion_mnist", "raw", file, "label", features, MULTICLASS, 10, table[:, 0], texts)


def freshet(inputs):
    spec = f"name: default\nlabel: {inputs.label}\nfeatures: {inputs.features}\nloss: {LOSSES[inputs.task]}\n"
    if inputs.task == MULTICLASS:
        spec += f"outputs: {inputs.classes}\n"
    report = train(inputs.file.parent, inputs.file.name, None, spec)
    return {metric: report[metric] for metric in METRICS if report.get(metric) is not None}


def vowpal_wabbit(vw, folder, inputs):
    source, output = folder / "rows.vw", folder / "predictions"
    marks = {BINARY: lambda y: "1" if y else "-1", MULTICLASS: lambda y: f"{int(y) + 1}", REGRESSION: "{:.9g}".format}
    source.write_text("".join(f"{marks[inputs.task](y)} | {text}\n" for y, text in zip(inputs.target, inputs.texts)))
    command = [vw, "-d", source, "-r" if inputs.task == MULTICLASS else "-p", output]
    if inputs.task != REGRESSION:
        command += ["--loss_function", "logistic"]
    if inputs.task == MULTICLASS:
        command += ["--oaa", str(inputs.classes)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    if inputs.task == MULTICLASS:
        raw = numpy.array([[float(pair.split(":")[1]) for pair in line.split()] for line in open(output)])
        result = metrics(inputs.task, chances_of_one_against_all(raw), inputs.target)
        own = 1 - result["accuracy"]
    else:
        result = metrics(inputs.task, numpy.loadtxt(output, ndmin=2), inputs.target)
        own = result["logLoss"] if inputs.task == BINARY else result["rmse"] ** 2
    reported = float(re.search(r"average loss = (\S+)", done.stderr).group(1))
    if abs(own - reported) > 1e-4 * reported:
        raise AssertionError(f"{inputs.data}: {own} from the predictions, {reported} by Vowpal Wabbit")
    return {metric: result[metric] for metric in METRICS if metric in result}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, type=pathlib.Path, help="folder of the data sets")
    parser.add_argument("--vw", default="vw", help="the program of Vowpal Wabbit")
    arguments = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        for inputs in all_inputs(arguments.data, folder):
            both = {"freshet": freshet(inputs), "vw": vowpal_wabbit(arguments.vw, folder, inputs)}
            results.append(rounded({"data": inputs.data, "inputs": inputs.form, "rows": len(inputs.target), **both}))
            print(json.dumps(results[-1]), flush=True)
    (HERE / "vw.json").write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()

"""Trains Freshet's examples, and its plain SGD at scikit-learn's rates, on the streams of reference.py; writes ../results.md.

    python3 docs/results/freshet.py --data DIR

DIR holds the public data sets that reference.py names. ./freshet builds itself if needed.
"""

import argparse
import gzip
import json
import pathlib
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
HOME = HERE.parent.parent

HEAD = """# Results

```
python3 docs/results/freshet.py --data DIR      # trains the examples and writes this page
```

Every row is predicted before it is learned, in file order and in one pass; metrics cover all rows.

- Freshet's figures come from `./freshet train` on the same files. The figures of other tools come from [results/reference.md](results/reference.md), which describes how they were made.
- *SGD, linear* is the algorithm of `SGDClassifier` and `SGDRegressor` at the rate that was best for them. For the squared error it uses half that rate, because scikit-learn halves the error. The two must agree, and do.
- The other rows are the examples of [`examples/`](../examples/README.md) with their own optimizers.
- *After the pass* refers to a file that was not learned.
- `image_segments` is omitted: its classes are words, and a label is a number.

{defaults}
## Tuned
| data set | rows | model | accuracy | log loss | AUC | MAE | RMSE | R² | after the pass |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""


DEFAULTS = """## Without options
A linear model whose specification has no `optimizer`, and Vowpal Wabbit with no option but its loss ([`vw.py`](results/vw.py)), on the same features: numbers as they are, or standardized online as Freshet does by default. Cells are the log loss and the accuracy, or the RMSE and the MAE; a negative difference of the first favors Freshet. For classes, Freshet has a softmax, and Vowpal Wabbit one logistic regression each, whose probabilities are divided by their sum.

**Vowpal Wabbit is better on {lost} of {rows} rows ({names}), and {same} are equal to 0.05 %.** Vowpal Wabbit starts slowly with labels far from 1: on `diamonds`, it is worse than the running mean, whose RMSE is below.

| data set | inputs | Freshet | Vowpal Wabbit | difference |
| --- | --- | --- | --- | --- |
"""


def columns(path, without):
    with gzip.open(path, "rt") as file:
        return [c for c in file.readline().strip().split(",") if c not in without]


def linear(name, label, features, loss, rate, more=""):
    return (
        f"name: {name}\nlabel: {label}\nfeatures: {features}\nloss: {loss}\n"
        f"optimizer: {{type: sgd, learningRate: {rate}}}\n{more}"
    )


def runs(data):
    """Yields (data set, file, held-out file, row title, specification or name of the example)."""

    def numeric(name, label, *others):
        names = columns(data / f"{name}.csv.gz", {label, *others})
        return "{numeric: [" + ", ".join(json.dumps(n) for n in names) + "]}"

    def binary(name, label, rate):
        spec = linear(name, label, numeric(name, label), "binary-cross-entropy", rate)
        return name, f"{name}.csv.gz", None, f"SGD {rate}, linear", spec

    def softmax(name, label, classes, rate):
        spec = linear(
            name, label, numeric(name, label), "sparse-categorical-cross-entropy", rate, f"outputs: {classes}\n"
        )
        return name, f"{name}.csv.gz", None, f"SGD {rate}, linear", spec

    def example(name, file, called, spec, test=None):
        return name, file, test, called, HOME / "examples" / f"{spec}.yaml"

    yield binary("electricity", "price_up", 0.1)
    yield example("electricity", "electricity.csv.gz", "`electricity.yaml`: RMSProp, linear", "electricity")
    yield binary("weather_nebraska", "rain", 0.1)
    yield binary("phishing", "is_phishing", 0.1)
    yield example("banana", "banana.csv.gz", "`banana-linear.yaml`: SGD 0.003, linear", "banana-linear")
    yield example("banana", "banana.csv.gz", "`banana.yaml`: AdaGrad, MLP 32-32-32", "banana")
    yield binary("spambase", "spam", 0.03)
    yield example("spambase", "spambase.csv.gz", "`spambase.yaml`: AdaGrad, linear", "spambase")
    yield (
        "rcv1_small",
        "rcv1_small.train.svm.gz",
        "rcv1_small.test.svm.gz",
        "SGD 3, linear",
        linear("rcv1", "label", "{sparse: [features]}", "binary-cross-entropy", 3),
    )
    yield example(
        "rcv1_small",
        "rcv1_small.train.svm.gz",
        "`rcv1_small.yaml`: AdaGrad, linear",
        "rcv1_small",
        "rcv1_small.test.svm.gz",
    )
    yield softmax("satellite", "class", 6, 0.03)
    yield example("satellite", "satellite.csv.gz", "`satellite.yaml`: AdaGrad, MLP 64-32", "satellite")
    yield softmax("shuttle", "class", 7, 0.01)
    yield example("shuttle", "shuttle.csv.gz", "`shuttle.yaml`: SGD 0.05, linear", "shuttle")
    yield softmax("digits8x8", "digit", 10, 0.03)
    yield example("digits8x8", "digits8x8.csv.gz", "`digits8x8.yaml`: AdaGrad, MLP 128", "digits8x8")
    yield (
        "diamonds",
        "diamonds.csv.gz",
        None,
        "SGD 0.0015, linear",
        linear("diamonds", "price", numeric("diamonds", "price"), "mean-squared-error", 0.0015),
    )
    yield example("diamonds", "diamonds.csv.gz", "`diamonds.yaml`: RMSProp, linear", "diamonds")
    yield example("diamonds", "diamonds.csv.gz", "`diamonds-mlp.yaml`: AdaGrad, MLP 64-32, absolute error", "diamonds-mlp")
    yield (
        "approval_polls",
        "approval_polls.csv.gz",
        None,
        "SGD 0.05, linear",
        linear(
            "polls", "five_thirty_eight", numeric("approval_polls", "five_thirty_eight"), "mean-squared-error", 0.05
        ),
    )
    for spec, called in (("fashion-mnist-sgd", "SGD 0.05"), ("fashion-mnist-rmsprop", "RMSProp 0.001"), ("fashion-mnist", "Adam 0.001")):
        yield example(
            "fashion_mnist",
            "fashion_mnist.train.csv.gz",
            f"`{spec}.yaml`: {called}, MLP 512-128",
            spec,
            "fashion_mnist.test.csv.gz",
        )


def train(data, file, test, spec):
    with tempfile.TemporaryDirectory() as folder:
        if isinstance(spec, str):
            path = pathlib.Path(folder) / "spec.yaml"
            path.write_text(spec)
        else:
            path = spec
        command = [HOME / "freshet", "train", "--spec", path, "--input", data / file, "--output", "json"]
        if test:
            command += ["--test", data / test]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr)
        return json.loads(done.stdout)


def shown(value):
    return "" if value is None else f"{value:,.1f}" if abs(value) >= 10 else f"{value:.3f}"


def row(data, rows, model, result, after):
    metrics = [result.get(m) for m in ("accuracy", "logLoss", "auc", "mae", "rmse", "r2")]
    held = ", ".join(f"{n} {shown(after[k])}" for n, k in (("accuracy", "accuracy"), ("log loss", "logLoss")) if after.get(k) is not None)
    return f"| {data} | {rows:,} | {model} | {' | '.join(shown(m) for m in metrics)} | {held} |\n"


def defaults():
    """Returns the section that compares Freshet's default with Vowpal Wabbit's, from what vw.py measured."""
    results = json.loads((HERE / "vw.json").read_text())
    lines, lost, same = [], [], 0
    for result in results:
        mine, other = result["freshet"], result["vw"]
        first, second = ("logLoss", "accuracy") if "logLoss" in mine else ("rmse", "mae")
        excess = 100 * (mine[first] / other[first] - 1)
        same += abs(excess) <= 0.05
        if excess > 0.05:
            lost.append(f"`{result['data']}`, {result['inputs']}")
        cells = " | ".join(f"{shown(both[first])}, {shown(both[second])}" for both in (mine, other))
        difference = "" if abs(excess) <= 0.05 else f"{excess:+.1f} %"
        lines.append(f"| {result['data']} | {result['inputs']} | {cells} | {difference} |\n")
    names = "; ".join(lost) or "none"
    return DEFAULTS.format(lost=len(lost), rows=len(results), same=same, names=names) + "".join(lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True, type=pathlib.Path)
    data = parser.parse_args().data
    reference = json.loads((HERE / "reference.json").read_text())
    page = HEAD.format(defaults=defaults())
    last = ""
    for name, file, test, called, spec in runs(data):
        if name != last:
            for other in (r for r in reference if r["data"] == name):
                details = [str(other["learningRate"])] if "learningRate" in other else []
                if "hidden" in other:
                    details.append("-".join(str(h) for h in other["hidden"]))
                model = " ".join([other["model"], *details])
                page += row(name, other["rows"], model, other, other.get("test", other.get("after", {})))
            last = name
        report = train(data, file, test, spec)
        page += row(name, report["samples"], f"**Freshet**, {called}", report, report.get("test") or {})
        print(page.splitlines()[-1], flush=True)
    (HERE.parent / "results.md").write_text(page)


if __name__ == "__main__":
    main()

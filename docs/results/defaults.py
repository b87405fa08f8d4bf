"""Compares optimizers and rates for models that are not linear, one pass over each data set; writes defaults.md.

    python3 docs/results/defaults.py --data DIR

DIR holds the public data sets of reference.py. ./freshet builds itself if needed.
"""

import argparse
import csv
import gzip
import json
import math
import pathlib
import random
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
HOME = HERE.parent.parent
CANDIDATES = [("sgd", rate) for rate in (0.003, 0.01, 0.03, 0.1)]
CANDIDATES += [("adagrad", rate) for rate in (0.01, 0.02, 0.05, 0.1, 0.2)]
CANDIDATES += [("adam", rate) for rate in (0.0003, 0.001, 0.003, 0.01, 0.03)] + [("rmsprop", 0.001)]
WORST = 3  # ln of 20 times the loss: also the score of a candidate that diverged or rejected samples
RAW, FM = "raw numbers", "factorization-machine"
BINARY, CLASSES = "binary-cross-entropy", "sparse-categorical-cross-entropy"
SQUARED, ABSOLUTE = "mean-squared-error", "mean-absolute-error"

HEAD = """# Defaults of networks and factorization machines

```
python3 docs/results/defaults.py --data DIR      # writes this page
```

One pass with each optimizer and rate, all in one `compare` job per task: progressive loss, the default shape of each model, batches of 1 unless noted, one seed. `fashion_mnist` is its test file, and `ratings` is made by the script. Numbers are standardized, except in *raw numbers*; the pixels of `fashion_mnist` are divided by 255, and the vectors of `tags` are unchanged. A task's score is ln(loss / best loss in its row), at most 3: 0.10 is a loss about 10 % above the best. Cells are the mean and the worst over the tasks, whose number is in parentheses. *All* omits *raw numbers*.

**The choice: `adagrad` at 0.05, for all four types.** It has half the slots of `adam`, and its mean is 0.13, where SGD at 0.01 has 0.83, and Adam at its default rate, 0.001, 0.48. At 0.1 the mean is 0.12, with gains for regression in large units and for sequences. But networks that classify lose: 0.16 instead of 0.05 for `mlp` with batches of 1, and more with batches of 32 or replicas. Factorization machines prefer 0.1, by 0.04, which is too little for a second rule.

**Where it loses.** Labels in large units need larger steps: on `diamonds`, the squared error is twice the best; use 0.2 there, or scale the label. SGD at 0.01 is better on 8 of the 38 tasks, most on the absolute error of `diamonds`: 542 instead of 787. The loss on `tags` is up to 1.8 times that of 0.1 or 0.2. AdaGrad's steps only shrink, and the longest stream here has 100,000 samples; longer streams that drift were not measured. Losses of counts, masks, and boxes were not measured, nor batches and replicas beyond three tasks of `mlp` and one of `sequence`. The choice was made on the same data, so its scores flatter it.

**Raw numbers.** No candidate is usable for a factorization machine on unscaled numbers: at 0.05, the log loss of `spambase` is 6.3, or 36 with each feature scaled by 10^U(-3, 3), where a constant has 0.67. Standardize them. Whether normalized steps would help networks or factorization machines was not measured.

"""
DETAILS = """
Losses, progressive; `-` is a candidate without a finite loss, or one that rejected more than 1 % of the samples. Bold is the best.

"""


def write(path, rows):
    with gzip.open(path, "wt", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return path


def scaled(source, path):
    """Multiplies each feature by a power of ten between -3 and 3; the label, which is last, stays."""
    with gzip.open(source, "rt") as file:
        names, *rows = csv.reader(file)
    dice = random.Random(1)
    factors = [10 ** dice.uniform(-3, 3) for _ in names[:-1]]
    return write(path, [names] + [[f"{float(x) * f:.6g}" for x, f in zip(r, factors)] + r[-1:] for r in rows])


def ratings(path):
    """Makes 20,000 ratings: a deviation of the user and of the item, a product of three factors each, and noise."""
    dice = random.Random(1)
    users, items = ([[dice.gauss(0, 0.8) for _ in range(4)] for _ in range(n)] for n in (500, 300))
    rows = [["user", "item", "rating"]]
    for _ in range(20000):
        u, i = dice.randrange(500), dice.randrange(300)
        product = sum(a * b for a, b in zip(users[u][1:], items[i][1:]))
        rows.append([f"u{u}", f"i{i}", f"{3 + 0.5 * (users[u][0] + items[i][0]) + product + dice.gauss(0, 0.3):.3f}"])
    return write(path, rows)


def tasks(data, made):
    """Yields (family, title, input files, specification)."""

    def task(family, name, files, model, label, loss, features, note="", **more):
        spec = {"name": "m", "label": label, "features": features, "model": model, "loss": loss, **more}
        return family, f"{name}{note}, {loss}", files, spec

    def numbers(family, model, name, label, loss, outputs=1, note="", path=None, standardize=True, **more):
        path = path or data / f"{name}.csv.gz"
        with gzip.open(path, "rt") as file:
            names = [c for c in file.readline().strip().split(",") if c != label]
        features = {"numeric": names, "standardize": standardize}
        if len(names) > 100:
            features = {"dense": {"field": "p*", "length": len(names), "divide": 255}}
        return task(family, name, [path], model, label, loss, features, note, outputs=outputs, **more)

    binary = {"banana": "label", "electricity": "price_up", "phishing": "is_phishing", "spambase": "spam"}
    binary = [(*t, BINARY) for t in [*binary.items(), ("weather_nebraska", "rain")]]
    classes = [("satellite", "class", CLASSES, 6), ("shuttle", "class", CLASSES, 7)]
    classes += [("digits8x8", "digit", CLASSES, 10)]
    classes += [("image_segments", "category", CLASSES, 7), ("fashion_mnist.test", "label", CLASSES, 10)]
    amounts = ("diamonds", "price"), ("approval_polls", "five_thirty_eight")
    amounts = [(*t, loss) for t in amounts for loss in (SQUARED, ABSOLUTE)]
    times = {"numeric": ["minute_of_day", "day_of_week", "distance_miles"]}
    places = {**times, "categorical": ["origin", "destination"], "hashBits": 16}
    delays = [("delayed", BINARY), ("delay_minutes", SQUARED), ("delay_minutes", ABSOLUTE)]
    flights = "flights", [data / "flights.csv.gz"]
    message = {"numeric": ["links", "length", "recipients"], "categorical": ["sender"], "hashBits": 12}
    message["missing"] = "mean"
    message["time"] = {"field": "received", "features": ["hour", "weekday"]}
    messages = "messages", [HOME / "examples/messages.csv.gz"]
    rated = "ratings", [ratings(made / "ratings.csv.gz")]
    ids = {"categorical": ["user", "item"], "hashBits": 16}

    several = [*binary, *classes, *amounts, ("spambase", "spam", "hinge")]
    yield from (numbers("mlp", "mlp", *t) for t in several)
    yield from (task("mlp", *flights, "mlp", *t, times) for t in delays[1:])
    yield from (numbers("mlp, batch 32", "mlp", *t, note=", batch 32", batch=32) for t in (binary[3], classes[0]))
    yield numbers("mlp, 4 replicas", "mlp", *classes[0], note=", 4 replicas", replicas=4)
    for model, labels in (("embedding-mlp", delays[:1]), (FM, delays)):
        yield from (task(model, *flights, model, *t, places) for t in labels)
        yield task(model, *messages, model, "kind", BINARY, message, labels=["ham", "spam"])
        yield task(model, *rated, model, "rating", SQUARED, ids)
    tags, steps = [HOME / "examples/tags.csv.gz"], {"dense": {"field": "x*", "length": 5}}
    rcv = [data / f"rcv1_small.{part}.svm.gz" for part in ("train", "test")]
    yield task(FM, "rcv1_small", rcv, FM, "label", BINARY, {"sparse": ["features"], "hashBits": 16})
    yield from (numbers(FM, FM, *t) for t in (*binary[1:], classes[0], amounts[0]))
    for cell, size in (("gru", 1), ("gru", 8), ("dense", 1)):
        model, note = {"type": "sequence", "cell": cell, "steps": 12}, f", {cell}, batch {size}"
        yield task("sequence", "tags", tags, model, "y*", "sequence-cross-entropy", steps, note, outputs=4, batch=size)
    for note, path in ((" raw", None), (" raw, scaled", scaled(data / "spambase.csv.gz", made / "scaled.csv.gz"))):
        yield numbers(RAW, FM, *binary[3], note=note, path=path, standardize=False)


def losses(files, spec, folder):
    """Returns the progressive loss of each candidate; infinity if it diverged or rejected too many samples."""
    (folder / "spec.yaml").write_text(json.dumps(spec))
    vary = "optimizer=" + ",".join(f"{{type: {name}, learningRate: {rate}}}" for name, rate in CANDIDATES)
    command = [HOME / "freshet", "compare", "--spec", folder / "spec.yaml", "--vary", vary, "--max-rejected", "100%"]
    command += ["--report", folder / "report.json", "--plot", folder / "plot.svg"]
    for file in files:
        command += ["--input", file]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{spec}\n{done.stderr}\n{done.stdout}")
    found = {}
    for variant in json.loads((folder / "report.json").read_text())["variants"]:
        run, optimizer = variant["training"], variant["values"]["optimizer"]
        failed = run["rejected"] > 0.01 * run["samples"] or run["loss"] is None
        found[optimizer["type"], optimizer["learningRate"]] = math.inf if failed else run["loss"]
    return [found[c] for c in CANDIDATES]


def excess(found):
    return [min(WORST, math.log(loss / min(found))) if loss < math.inf else WORST for loss in found]


def line(*cells):
    return f"| {' | '.join(cells)} |\n"


def page(results):
    titles = [f"{name} {rate}" for name, rate in CANDIDATES]
    families = {"all": [excess(found) for family, _, found in results if family != RAW]}
    for family, _, found in results:
        families.setdefault(family, []).append(excess(found))
    text = HEAD + line("", *(f"{family} ({len(rows)})" for family, rows in families.items()))
    text += line(*["---"] * (len(families) + 1))
    for i, title in enumerate(titles):
        columns = [[row[i] for row in rows] for rows in families.values()]
        text += line(title, *(f"{sum(c) / len(c):.2f}, {max(c):.2f}" for c in columns))
    text += DETAILS + line("", *titles) + line(*["---"] * (len(titles) + 1))
    for family, title, found in results:
        shown = ["-" if loss == math.inf else f"{loss:.4g}" for loss in found]
        shown[found.index(min(found))] = f"**{min(found):.4g}**"
        text += line(f"{family}: {title}", *shown)
    return text


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True, type=pathlib.Path)
    data = parser.parse_args().data.resolve()
    results = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for family, title, files, spec in tasks(data, folder):
            results.append((family, title, losses(files, spec, folder)))
            print(*results[-1], flush=True)
    (HERE / "defaults.md").write_text(page(results))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Compares optimizers of linear models on the streams of new_streams.py, through `freshet compare`; writes new-streams.md.

    python3 docs/results/new_streams_compare.py

Generates the streams into a temporary folder (250 MB), and checks them against new_streams.sha256. No package is needed, and
./freshet builds itself if needed. Two cores take about ten minutes.
"""

import hashlib
import json
import math
import pathlib
import subprocess
import tempfile

import new_streams

HERE = pathlib.Path(__file__).resolve().parent
FORMS = {"": "raw", "_scaled": "scaled", "_weights": "weights"}
RATES = range(-8, 3)
SCALE_FREE = {"type": "scale-free"}
DEFAULTS = [
    {"type": "sgd", "learningRate": 0.01},
    {"type": "adagrad", "learningRate": 0.05},
    {"type": "ftrl", "learningRate": 0.1},
    {"type": "normalized-adagrad", "learningRate": 0.5},
]
TUNED = [optimizer["type"] for optimizer in DEFAULTS]
MOST_VARIANTS = 32
ALLOWED = 2

PAGE = """# Six streams that no optimizer was chosen on

```
python3 docs/results/new_streams_compare.py      # writes this page
```

`scale-free` was found on public data sets. Whether it should be the default of linear models was decided on streams that it had never seen, by a rule that was fixed before anything was measured: **it becomes the default only if it is worse than the best default of the others on at most {allowed} of 18.**

It is worse on {worse}: {names}. {verdict}

- [`new_streams.py`](new_streams.py) generates six streams of 100,000 samples, and its opening cites their papers. Their bytes were frozen before an optimizer ran ([`new_streams.sha256`](new_streams.sha256)).
- There are three forms of each: raw; *scaled*, with feature i multiplied by 10^u_i, u_i uniform in [-3, 3]; *weights*, with weight 1000 for a random 1 % of the samples.
- `led` has ten classes, so a softmax. The others have two.
- All were run by `./freshet compare`: a linear model of `features.sparse`, one pass, nothing standardized.
- Figures are progressive losses (log loss); less is better. "div" is more than 1,000 times the loss of a model that knows nothing.

## Defaults
SGD 0.01, AdaGrad 0.05, FTRL 0.1, and `normalized-adagrad` 0.5, the default of Vowpal Wabbit. The last column compares `scale-free` with the best of them. In the form *weights*, all samples count the same in the loss. (Counted with their weights, `scale-free` is worse on {worse_weighted} of these 6.)

{defaults}

Mean of ln(loss / loss of the best default): {means}.

## The best rate of a grid
For the raw streams, also the best of the rates 3^-8, 3^-7, ..., 3^2 in hindsight; "edge" marks one at an end of the grid.

{grids}

`scale-free` has no rate. It is worse than the best of these 44 on {worse_grid} of 6; the mean of ln(loss / best) is {mean_grid}.
"""


def variations(optimizers):
    values = ", ".join("{" + ", ".join(f"{key}: {value}" for key, value in o.items()) + "}" for o in optimizers)
    return f"optimizer={values}"


class Stream:
    """A stream in one form, as a file and a specification."""

    def __init__(self, folder, name, form):
        self.name = name + form
        self.constant = math.log(10 if name == "led" else 2)
        self.file = folder / f"{self.name}.svm"
        loss = "sparse-categorical-cross-entropy\noutputs: 10" if name == "led" else "binary-cross-entropy"
        # An index is a row, and 2^16 exceeds the words, 2^6 all else. Many variants of more rows would not fit the model cache.
        bits = 16 if name == "words" else 6
        self.spec = f"name: {name}\nlabel: label\nfeatures: {{sparse: [features], hashBits: {bits}}}\nloss: {loss}\n"
        if form == "_weights":
            self.spec += "weight: weight\n"
            self.file = with_header(self.file)

    def losses(self, optimizers, window=1000):
        """Returns (loss, mean loss of the windows) of each optimizer."""
        results = []
        for at in range(0, len(optimizers), MOST_VARIANTS):
            path = self.file.with_suffix(".yaml")
            path.write_text(self.spec + f"evaluation: {{window: {window}}}\npublish: {{everySamples: 1000000, everyMillis: 1000000}}\n")
            plot = self.file.with_suffix(".compare.svg")
            command = [HERE.parent.parent / "freshet", "compare", "--spec", path, "--input", self.file, "--output", "json", "--plot", plot]
            command += ["--vary", variations(optimizers[at : at + MOST_VARIANTS])]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise SystemExit(done.stderr)
            for variant in json.loads(done.stdout)["variants"]:
                windows = [number(window["loss"]) for window in variant["training"]["windows"]]
                losses = number(variant["training"]["loss"]), sum(windows) / len(windows)
                results.append(tuple(loss if loss <= 1000 * self.constant else math.inf for loss in losses))
        return results


def number(loss):
    return math.inf if loss is None else loss


def with_header(file):
    """Turns lines "weight label pairs" into CSV, because LIBSVM has no weights."""
    table = file.with_suffix(".csv")
    with open(file) as lines, open(table, "w") as rows:
        rows.write("weight,label,features\n")
        for line in lines:
            rows.write(line.replace(" ", ",", 2))
    return table


def generate(folder):
    new_streams.main(folder)
    for line in (HERE / "new_streams.sha256").read_text().splitlines():
        checksum, name = line.split()
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != checksum:
            raise SystemExit(f"{name}: other bytes than those of new_streams.sha256")


def shown(loss):
    return "div" if math.isinf(loss) else f"{loss:.4f}"


def table(heads, rows):
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def compare(mine, others):
    """Returns the cell that compares a loss with the least of others, and ln(loss / that)."""
    best = min(others, key=others.get)
    log = math.log(mine / others[best])
    return f"{'**worse**, ' if log > 0 else ''}{100 * math.expm1(log):+.2f} % ({best})", log


def tuned(loss, k):
    return f"{shown(loss)} (3^{k}{', edge' if k in (RATES[0], RATES[-1]) else ''})"


def percent(logs):
    return f"{100 * sum(logs) / len(logs):+.1f} %"


def main():
    grid = [{"type": name, "learningRate": f"{3.0**k:.10g}"} for name in TUNED for k in RATES]
    defaults, grids, logs, logs_weighted, logs_grid = [], [], {}, {}, {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        generate(folder)
        for name, form in ((n, f) for f in FORMS for n in new_streams.STREAMS):
            stream = Stream(folder, name, form)
            # A window of one sample counts each the same, whatever its weight.
            weights = form == "_weights"
            *others, mine = stream.losses([*DEFAULTS, SCALE_FREE], window=1 if weights else 1000)
            others = dict(zip(TUNED, others))
            cell, logs[stream.name] = compare(mine[weights], {o: loss[weights] for o, loss in others.items()})
            _, logs_weighted[stream.name] = compare(mine[0], {o: loss[0] for o, loss in others.items()})
            defaults.append([stream.name, shown(mine[weights]), *(shown(loss[weights]) for loss in others.values()), cell])
            print(defaults[-1], flush=True)
            if form == "":
                tried = [loss for loss, _ in stream.losses(grid)]
                best = {o: min(zip(tried[i * len(RATES) :], RATES)) for i, o in enumerate(TUNED)}
                cell, logs_grid[name] = compare(mine[0], {o: loss for o, (loss, _) in best.items()})
                grids.append([name, shown(mine[0]), *(tuned(*b) for b in best.values()), cell])
                print(grids[-1], flush=True)
    worse = [name for name, log in logs.items() if log > 0]
    means = [f"{percent(list(logs.values()))} over all"]
    for i, form in enumerate(FORMS.values()):
        means.append(f"{form} {percent(list(logs.values())[6 * i : 6 * i + 6])}")
    stays = "So it stays an option, and `normalized-adagrad` is [the default](../learning.md#the-default) for classes where features are not standardized."
    page = PAGE.format(
        allowed=ALLOWED,
        worse=len(worse),
        names=", ".join(f"`{name}`" for name in worse),
        verdict=stays if len(worse) > ALLOWED else "So it becomes the default.",
        defaults=table(["stream", "scale-free", *(f"{o['type']} {o['learningRate']}" for o in DEFAULTS), "against the best"], defaults),
        worse_weighted=sum(log > 0 for name, log in logs_weighted.items() if name.endswith("_weights")),
        means=", ".join(means),
        grids=table(["stream", "scale-free", *TUNED, "against the best"], grids),
        worse_grid=sum(log > 0 for log in logs_grid.values()),
        mean_grid=percent(list(logs_grid.values())),
    )
    (HERE / "new-streams.md").write_text(page)
    print(page)


if __name__ == "__main__":
    main()

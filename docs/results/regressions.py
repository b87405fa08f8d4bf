"""Compares optimizers without tuning on regressions that none of them was chosen on; prints a Markdown table.

    python3 docs/results/regressions.py --data DIR

The data sets are those of the other pages, but each predicts another number of its rows, from numbers that are standardized
online. One pass, linear, progressive. A row starts with the label; inputs of the same measurement as the label are left out.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
OPTIMIZERS = ["sgd", "adagrad", "normalized-adagrad", "scale-free"]
TASKS = [
    ("electricity", "nswprice", "period, nswdemand, vicprice, vicdemand, transfer", "mean-squared-error"),
    ("electricity", "nswdemand", "period, nswprice, vicprice, vicdemand, transfer", "mean-squared-error"),
    ("electricity", "transfer", "period, nswprice, nswdemand, vicprice, vicdemand", "mean-squared-error"),
    ("weather_nebraska", "feat_1", "feat_2, feat_3, feat_4, feat_5, feat_6, feat_7, feat_8", "mean-squared-error"),
    ("weather_nebraska", "feat_4", "feat_1, feat_2, feat_3, feat_5, feat_6, feat_7, feat_8", "mean-squared-error"),
    ("weather_nebraska", "feat_5", "feat_1, feat_2, feat_3, feat_4, feat_6, feat_7, feat_8", "mean-absolute-error"),
    ("diamonds", "carat", "cut, color, clarity, depth, table, price", "mean-squared-error"),
    ("diamonds", "table", "cut, color, clarity, depth, carat, price", "mean-squared-error"),
    ("shuttle", "v1", "v2, v3, v4, v5, v6, v7", "mean-squared-error"),
    ("satellite", "x.18", "x.1, x.2, x.3, x.5, x.7, x.20", "mean-squared-error"),
]


def losses(data, folder, name, label, inputs, loss):
    spec, report = folder / "spec.yaml", folder / "report.json"
    spec.write_text(f"name: m\nlabel: {label}\nfeatures: {{numeric: [{inputs}]}}\nloss: {loss}\nclamp: none\n")
    command = [ROOT / "freshet", "compare", "--spec", spec, "--input", data / f"{name}.csv.gz", "--report", report]
    command += ["--plot", folder / "losses.svg", "--vary", "optimizer=" + ",".join(OPTIMIZERS)]
    subprocess.run(command, cwd=folder, capture_output=True, check=True)
    variants = json.loads(report.read_text())["variants"]
    return [None if variant["diverged"] else variant["training"]["loss"] for variant in variants]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, type=pathlib.Path, help="folder of the data sets")
    data = parser.parse_args().data.resolve()
    print("| data set | label | loss | " + " | ".join(f"`{name}`" for name in OPTIMIZERS) + " |")
    print("| --- " * (3 + len(OPTIMIZERS)) + "|")
    with tempfile.TemporaryDirectory() as temporary:
        for name, label, inputs, loss in TASKS:
            found = losses(data, pathlib.Path(temporary), name, label, inputs, loss)
            best = min(value for value in found if value is not None)
            cells = ["div" if value is None else f"{value:.4g}" for value in found]
            cells = [f"**{cell}**" if value == best else cell for cell, value in zip(cells, found)]
            print(f"| {name} | {label} | {loss} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()

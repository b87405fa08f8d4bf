"""Reads the data sets of reference.py as streams, in file order."""

import csv
import gzip
import pathlib
from typing import NamedTuple

import numpy
from sklearn.datasets import load_svmlight_file
from sklearn.feature_extraction import FeatureHasher

BINARY, MULTICLASS, REGRESSION = "binary", "multiclass", "regression"
HASH_BUCKETS = 1 << 12


class Stream(NamedTuple):
    """Rows in order. `rows[i]` is (places, values) of row i among `width` inputs; the bias is the last.

    `places` is a full slice for dense rows and an index array for sparse ones. `dense` is the same as one matrix
    without the bias, None for sparse rows. `held` is a second stream for after the pass, or None.
    """

    name: str
    task: str
    classes: int
    rows: list
    width: int
    target: numpy.ndarray
    dense: numpy.ndarray | None
    held: "Stream | None"


def standardize(x):
    """Returns z of each row, from the moments of all rows up to and including it (exact Welford, population variance), else 0."""
    mean = numpy.zeros(x.shape[1])
    m2 = numpy.zeros(x.shape[1])
    z = numpy.zeros(x.shape)
    for i, row in enumerate(x):
        delta = row - mean
        mean += delta / (i + 1)
        m2 += delta * (row - mean)
        variance = m2 / (i + 1)
        varies = variance >= numpy.finfo(float).tiny
        z[i, varies] = (row - mean)[varies] / numpy.sqrt(variance[varies])
    return z


def all_streams(folder):
    """Yields every stream but Fashion-MNIST, the numeric features standardized online."""
    for name in ("electricity", "weather_nebraska", "phishing", "banana", "spambase"):
        yield from_numbers(folder, name, BINARY, 2)
    yield rcv1(folder)
    yield flights(folder, "delayed", BINARY)
    yield image_segments(folder)
    for name, classes in (("satellite", 6), ("shuttle", 7), ("digits8x8", 10)):
        yield from_numbers(folder, name, MULTICLASS, classes)
    for name in ("diamonds", "approval_polls"):
        yield from_numbers(folder, name, REGRESSION, 0)
    yield flights(folder, "delay_minutes", REGRESSION)


def numbers(file):
    with gzip.open(file, "rt") as text:
        next(text)
        return numpy.loadtxt(text, delimiter=",", ndmin=2)


def from_numbers(folder, name, task, classes):
    table = numbers(pathlib.Path(folder, name + ".csv.gz"))
    return dense_stream(name, task, classes, table[:, :-1], table[:, -1])


def dense_stream(name, task, classes, x, target):
    z = standardize(x)
    width = z.shape[1] + 1
    with_bias = numpy.hstack([z, numpy.ones((len(z), 1))])
    rows = [(slice(None), row) for row in with_bias]
    return Stream(name, task, classes, rows, width, target, z, None)


def records(folder, name):
    with gzip.open(pathlib.Path(folder, name), "rt", newline="") as text:
        return list(csv.DictReader(text))


def image_segments(folder):
    """Numbers the classes in alphabetical order of their words."""
    table = records(folder, "image_segments.csv.gz")
    words = sorted({record["category"] for record in table})
    x = numpy.array([[float(value) for key, value in record.items() if key != "category"] for record in table])
    target = numpy.array([float(words.index(record["category"])) for record in table])
    return dense_stream("image_segments", MULTICLASS, len(words), x, target)


def flights(folder, label, task):
    """Three standardized numbers and the two airports, hashed."""
    table = records(folder, "flights.csv.gz")
    columns = ("minute_of_day", "day_of_week", "distance_miles")
    z = standardize(numpy.array([[float(record[column]) for column in columns] for record in table]))
    hasher = FeatureHasher(HASH_BUCKETS, input_type="string", alternate_sign=False)
    hashed = hasher.transform([f"{name}={record[name]}" for name in ("origin", "destination")] for record in table)
    width = len(columns) + HASH_BUCKETS + 1
    rows = sparse_rows(hashed, numpy.hstack([z, numpy.ones((len(z), 1))]), HASH_BUCKETS)
    target = numpy.array([float(record[label]) for record in table])
    return Stream(f"flights ({label})", task, 2, rows, width, target, None, None)


def rcv1(folder):
    """The values as they are: rows of unit length, not standardized."""
    parts = []
    for part in ("train", "test"):
        with gzip.open(pathlib.Path(folder, f"rcv1_small.{part}.svm.gz")) as text:
            x, target = load_svmlight_file(text, n_features=47_152, zero_based=False)
        rows = sparse_rows(x, numpy.ones((x.shape[0], 1)), x.shape[1])
        parts.append(Stream("rcv1_small", BINARY, 2, rows, x.shape[1] + 1, target, None, None))
    return parts[0]._replace(held=parts[1])


def sparse_rows(matrix, more, first):
    """Rows of a sparse matrix, with the dense columns `more` at places `first` and on."""
    places = first + numpy.arange(more.shape[1])
    rows = []
    for i in range(matrix.shape[0]):
        part = slice(matrix.indptr[i], matrix.indptr[i + 1])
        rows.append(
            (numpy.concatenate([matrix.indices[part], places]), numpy.concatenate([matrix.data[part], more[i]]))
        )
    return rows

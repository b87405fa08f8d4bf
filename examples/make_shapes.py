#!/usr/bin/env python3
"""Writes shapes.csv.gz next to this script: noisy gray images, each with a bright shape and its mask.

An image has 8 x 8 pixels: a background that brightens towards one side, a bright rectangle or disc, noise of about a
tenth of the range, and one to four single bright pixels anywhere, which are not part of the mask. It uses only
uniform draws of RandomState, whose stream never changes, and plain arithmetic, so the rows are the same everywhere.

    python3 examples/make_shapes.py
"""

import gzip
import pathlib

import numpy

ROWS, SIZE, SEED = 4000, 8, 20
RANDOM = numpy.random.RandomState(SEED)
Y, X = numpy.mgrid[0:SIZE, 0:SIZE]


def rectangle():
    width, height = RANDOM.randint(3, 7, size=2)
    left, top = RANDOM.randint(0, SIZE - width + 1), RANDOM.randint(0, SIZE - height + 1)
    return (X >= left) & (X < left + width) & (Y >= top) & (Y < top + height)


def disc():
    radius = RANDOM.uniform(1.6, 3.4)
    x, y = RANDOM.uniform(radius - 0.5, SIZE - 0.5 - radius, size=2)
    return (X - x) ** 2 + (Y - y) ** 2 <= radius**2


def noise():
    """Close to a normal distribution of deviation 0.1: a sum of uniform draws."""
    return 0.1 * (RANDOM.uniform(-1, 1, size=(3, SIZE, SIZE)).sum(axis=0))


def sample():
    mask = rectangle() if RANDOM.randint(2) else disc()
    slope = RANDOM.uniform(-0.01, 0.01, size=2)
    image = RANDOM.uniform(0.05, 0.15) + slope[0] * (X - SIZE / 2) + slope[1] * (Y - SIZE / 2)
    image = numpy.where(mask, image + RANDOM.uniform(0.6, 0.8), image) + noise()
    for _ in range(RANDOM.randint(1, 5)):
        x, y = RANDOM.randint(SIZE, size=2)
        if not mask[y, x]:
            image[y, x] = RANDOM.uniform(0.6, 1)
    return numpy.clip(image, 0, 1), mask


def main():
    lines = [",".join([f"pixel{i}" for i in range(SIZE * SIZE)] + [f"mask{i}" for i in range(SIZE * SIZE)])]
    for _ in range(ROWS):
        image, mask = sample()
        lines.append(",".join([f"{pixel:.2f}" for pixel in image.flat] + [str(int(inside)) for inside in mask.flat]))
    file = pathlib.Path(__file__).with_name("shapes.csv.gz")
    file.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), mtime=0))


if __name__ == "__main__":
    main()

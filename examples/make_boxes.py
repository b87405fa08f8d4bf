#!/usr/bin/env python3
"""Writes boxes.csv.gz next to this script: noisy gray images, each with one bright rectangle and its corners.

An image has 10 x 10 pixels: a dark background, one rectangle of four to eight pixels a side, noise. Corners are
fractions of the image: x1, x2 from the left edge, y1, y2 from the top, x1 < x2 and y1 < y2. It uses only
uniform draws of RandomState, whose stream never changes, and plain arithmetic, so the rows are the same everywhere.

    python3 examples/make_boxes.py
"""

import gzip
import pathlib

import numpy

ROWS, SIZE, SEED = 4000, 10, 21
RANDOM = numpy.random.RandomState(SEED)


def side():
    """From where to where the rectangle reaches, in pixels."""
    length = RANDOM.randint(4, 9)
    start = RANDOM.randint(0, SIZE - length + 1)
    return start, start + length


def sample():
    (left, right), (top, bottom) = side(), side()
    image = numpy.full((SIZE, SIZE), RANDOM.uniform(0.05, 0.1))
    image[top:bottom, left:right] += RANDOM.uniform(0.6, 0.7)
    image += 0.04 * RANDOM.uniform(-1, 1, size=(3, SIZE, SIZE)).sum(axis=0)
    return numpy.clip(image, 0, 1), (left, top, right, bottom)


def main():
    lines = [",".join([f"pixel{i}" for i in range(SIZE * SIZE)] + ["x1", "y1", "x2", "y2"])]
    for _ in range(ROWS):
        image, corners = sample()
        lines.append(",".join([f"{pixel:.2f}" for pixel in image.flat] + [f"{corner / SIZE:.1f}" for corner in corners]))
    file = pathlib.Path(__file__).with_name("boxes.csv.gz")
    file.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), mtime=0))


if __name__ == "__main__":
    main()

"""Shared by the scripts in this directory: numbers that a 32-bit float holds exactly, and JSON with one case per line."""

import json
import pathlib
import random
import struct

HERE = pathlib.Path(__file__).parent


def single(number):
    """The nearest 32-bit float, so that Java and Python start from the same number."""
    return struct.unpack("<f", struct.pack("<f", number))[0]


def normals(draw: random.Random, count, spread=1.0):
    """Normal numbers, rounded to 32-bit floats."""
    return [single(draw.gauss(0, spread)) for _ in range(count)]


def write(name, **parts):
    """Writes an object. Lists of objects or lists have one element per line, so that diffs are readable."""
    text = []
    for key, part in parts.items():
        if isinstance(part, list) and part and isinstance(part[0], (dict, list)):
            body = "[\n" + ",\n".join(json.dumps(row, allow_nan=False) for row in part) + "\n]"
        else:
            body = json.dumps(part, allow_nan=False)
        text.append(json.dumps(key) + ": " + body)
    (HERE / name).write_text("{\n" + ",\n".join(text) + "\n}\n", encoding="utf-8")

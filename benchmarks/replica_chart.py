#!/usr/bin/env python3
"""Draws the tables of benchmarks/README.md#replicas: python3 benchmarks/replica_chart.py > docs/images/replicas.svg"""

import itertools
import math
import pathlib
import re

PERIOD = "128"
PANELS = [
    ("fashion", "fashion: network, Adam", 0.4, 1.6),
    ("flights", "flights: hashed, AdaGrad", 0.665, 0.685),
    ("rcv1", "rcv1: sparse, AdaGrad", 0.0, 0.6),
]
COLORS = {"mean": "#0072B2", "gradient": "#000000"}
WIDTH, HEIGHT, GAP, LEFT, TOP = 240, 220, 60, 56, 78


def losses():
    """Returns the loss by data set, merge, and number of replicas."""
    text = (pathlib.Path(__file__).parent / "README.md").read_text()
    found = {}
    for line in text[text.index("\n## Replicas"):].splitlines():
        start = re.match(r"`(\w+)`: ", line)
        if start:
            panel = found.setdefault(start.group(1), {})
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if cells[:2] == ["merge", "period"]:
            counts = [int(cell) for cell in cells[2:]]
        elif cells and cells[0] in COLORS and (cells[1] == PERIOD or cells[0] == "gradient"):
            panel[cells[0]] = [(count, float(cell.split(",")[0])) for count, cell in zip(counts, cells[2:])]
    return found


def chart(found):
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + 3 * (WIDTH + GAP)} {TOP + HEIGHT + 56}"'
          ' font-family="sans-serif" font-size="13">')
    title = "Progressive loss at equal samples, by number of replicas and merge"
    print(f"<title>{title}</title>")
    print('<rect width="100%" height="100%" fill="white"/>')
    print(f'<text x="16" y="26" font-size="17" font-weight="bold">{title}</text>')
    for i, (merge, color) in enumerate(COLORS.items()):
        x = 16 + 110 * i
        print(f'<rect x="{x}" y="38" width="14" height="4" fill="{color}"/><text x="{x + 20}" y="45">{merge}</text>')
    for i, (name, label, low, high) in enumerate(PANELS):
        panel(LEFT + i * (WIDTH + GAP), label, low, high, found[name])
    print("</svg>")


def panel(left, label, low, high, lines):
    def x(count):
        return left + WIDTH * math.log2(count) / 6

    def y(loss):
        return TOP + HEIGHT * (high - loss) / (high - low)

    print(f'<text x="{left}" y="{TOP - 10}" fill="#555555">{label}</text>')
    for step in range(5):
        loss = low + (high - low) * step / 4
        print(f'<line x1="{left}" x2="{left + WIDTH}" y1="{y(loss):.1f}" y2="{y(loss):.1f}" stroke="#DDDDDD"/>')
        print(f'<text x="{left - 6}" y="{y(loss) + 4:.1f}" text-anchor="end">{loss:.3g}</text>')
    for count in (1, 2, 4, 8, 16, 64):
        print(f'<text x="{x(count):.1f}" y="{TOP + HEIGHT + 20}" text-anchor="middle">{count}</text>')
    print(f'<text x="{left + WIDTH / 2}" y="{TOP + HEIGHT + 40}" text-anchor="middle" fill="#555555">replicas</text>')
    for merge, points in lines.items():
        color = COLORS[merge]
        for inside, run in itertools.groupby(points, lambda point: point[1] <= high):
            if inside:
                path = " ".join(f"{x(count):.1f},{y(loss):.1f}" for count, loss in run)
                print(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>')
        for count, loss in points:
            if loss <= high:
                print(f'<circle cx="{x(count):.1f}" cy="{y(loss):.1f}" r="3" fill="{color}"/>')


chart(losses())

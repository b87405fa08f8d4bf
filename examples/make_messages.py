#!/usr/bin/env python3
"""Writes messages.csv.gz next to this script: messages that are ham or spam, as an export from a mail server could be.

Fields are separated by semicolons, the label is a text, and 5 % of the senders and 8 % of the lengths are missing.

    received, sender, links, length, recipients, kind
    kind = spam if -1.2 + (the sender's) + 0.35 links - 0.4 (ln(length) - 6) + 0.15 recipients + 0.8 [0:00 to 6:00] + noise > 0

It uses only draws of random.Random, whose stream never changes.

    python3 examples/make_messages.py
"""

import datetime
import gzip
import math
import pathlib
import random

ROWS, SEED = 3000, 7
SENDERS = {  # the weight in the label, and how often
    "newsletter.example": (0.3, 3),
    "shop.example": (0.2, 3),
    "friend.example": (-2.5, 5),
    "work.example": (-2.0, 6),
    "bank.example": (-1.0, 2),
    "prize.example": (3.0, 2),
    "pills.example": (3.2, 2),
    "forum.example": (-0.5, 3),
}
RANDOM = random.Random(SEED)


def at_most(maximum, rate):
    """Returns a whole number that falls off exponentially."""
    return min(int(RANDOM.expovariate(rate)), maximum)


def row(time):
    """Returns a line."""
    sender = RANDOM.choices(list(SENDERS), [often for _, often in SENDERS.values()])[0]
    links, recipients = at_most(20, 0.4), 1 + at_most(30, 0.8)
    length = int(math.exp(RANDOM.gauss(6, 1)))
    spam = (
        -1.2
        + SENDERS[sender][0]
        + 0.35 * links
        - 0.4 * (math.log(length) - 6)
        + 0.15 * recipients
        + 0.8 * (time.hour < 6)
        + RANDOM.gauss(0, 0.7)
    )
    sender = "" if RANDOM.random() < 0.05 else sender
    length = "" if RANDOM.random() < 0.08 else length
    kind = "spam" if spam > 0 else "ham"
    return f"{time:%Y-%m-%dT%H:%M:%SZ};{sender};{links};{length};{recipients};{kind}"


def main():
    lines = ["received;sender;links;length;recipients;kind"]
    time = datetime.datetime(2026, 3, 2, 6, 0)
    for _ in range(ROWS):
        time += datetime.timedelta(seconds=at_most(10**6, 1 / 1200))
        lines.append(row(time))
    text = "\n".join(lines) + "\n"
    path = pathlib.Path(__file__).with_name("messages.csv.gz")
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()

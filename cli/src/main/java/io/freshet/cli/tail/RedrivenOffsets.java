package io.freshet.cli.tail;

import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * The redriven offsets of a partition: all offsets below {@code next}, and ranges above it. A commit stores {@code
 * next} as its offset, and the ranges relative to it as its metadata: {@code 3-7,12}.
 */
final class RedrivenOffsets {
    /** Maximum length of the metadata; brokers accept 4096 bytes by default. */
    private static final int MAXIMUM_LENGTH = 4_000;

    private final TreeMap<Long, Long> ranges = new TreeMap<>();
    private long next;

    /** @param next the first offset not redriven */
    RedrivenOffsets(long next, String metadata) {
        this.next = next;
        for (String range : metadata.isBlank() ? new String[0] : metadata.split(",")) {
            String[] ends = range.split("-");
            ranges.put(next + Long.parseLong(ends[0]), next + Long.parseLong(ends[ends.length - 1]));
        }
    }

    /** Returns the first offset not redriven. */
    long next() {
        return next;
    }

    boolean contains(long offset) {
        Map.Entry<Long, Long> range = ranges.floorEntry(offset);
        return offset < next || (range != null && offset <= range.getValue());
    }

    void add(long offset) {
        add(offset, offset);
    }

    /** Adds all offsets from {@code first} to {@code last}, inclusive. */
    void add(long first, long last) {
        long from = first;
        long to = last;
        Map.Entry<Long, Long> near = ranges.floorEntry(last + 1);
        while (near != null && near.getValue() >= first - 1) {
            from = Math.min(from, near.getKey());
            to = Math.max(to, near.getValue());
            ranges.remove(near.getKey());
            near = ranges.floorEntry(last + 1);
        }
        if (from > next) {
            ranges.put(from, to);
        } else {
            next = Math.max(next, to + 1);
        }
    }

    /** Whether a commit has room for another range. */
    boolean hasRoom() {
        return metadata().length() <= MAXIMUM_LENGTH - 2 * 20;
    }

    String metadata() {
        StringJoiner text = new StringJoiner(",");
        ranges.forEach(
                (from, to) -> text.add(from.equals(to) ? "" + (from - next) : (from - next) + "-" + (to - next)));
        return text.toString();
    }
}

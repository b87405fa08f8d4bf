package io.freshet.learning.lineage;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * From which partition each sample of a model came, one after the other: rounds, each of which repeats until the next one.
 *
 * <pre>
 *   0 0 1 1 2 2 0 0 1 1 2 2 0 1 1 2 2 1 1 2 ...
 *   from sample 0 on: 2 of 0, 2 of 1, 2 of 2         from 13 on: 2 of 1, 2 of 2
 * </pre>
 *
 * Exact for any order whatever, and short where partitions take turns: a round goes up through the partitions, and repeats
 * once its first one comes again; what does not fit it begins another. Allocates nothing while a round repeats. Pinned by
 * {@code InterleavingTest}.
 */
public final class Interleaving {
    /** An order of more turns is not kept: it is in every checkpoint and snapshot. */
    public static final int MOST_TURNS = 10_000;

    private final TreeMap<Long, Round> rounds = new TreeMap<>();
    private long samples;
    private int turns;
    private @Nullable Round current;
    /** Whether the round at hand is the rest of the turn before it, so that no other turn belongs to it. */
    private boolean isRest;

    private boolean repeats;
    /** Of a round that repeats: the turn at hand, and how many of its samples came. */
    private int turn;

    private long taken;

    /** An order in which nothing came yet. */
    public Interleaving() {}

    /**
     * @param rounds by the sample that each began with, the first one 0
     * @param samples that came, more than the last round began with
     */
    public Interleaving(SortedMap<Long, Round> rounds, long samples) {
        this.samples = samples;
        rounds.forEach((position, round) -> {
            this.rounds.put(position, round.copy());
            turns += round.turns();
        });
        Map.Entry<Long, Round> newest = this.rounds.lastEntry();
        if (newest == null) {
            return;
        }
        long begin = newest.getKey();
        Round last = newest.getValue();
        current = last;
        isRest = begin > 0 && last.turns() == 1 && partition(begin - 1) == last.partition(0);
        repeats = samples - begin > last.length();
        if (repeats) {
            long sample = (samples - begin - 1) % last.length();
            turn = last.turnOf(sample);
            taken = sample + 1;
            for (int before = 0; before < turn; before++) {
                taken -= last.samples(before);
            }
        }
    }

    /** Says that the next sample came, and from which partition. */
    public void received(int partition) {
        if (current == null) {
            begin(partition, false);
        } else if (repeats) {
            repeat(current, partition);
        } else {
            extend(current, partition);
        }
        samples++;
    }

    private void extend(Round round, int partition) {
        int last = round.partition(round.turns() - 1);
        if (partition == last) {
            round.extend();
        } else if (isRest) {
            begin(partition, false);
        } else if (partition > last) {
            round.append(partition);
            count();
        } else if (partition == round.partition(0)) {
            repeats = true;
            turn = 0;
            taken = 1;
        } else {
            begin(partition, false);
        }
    }

    private void repeat(Round round, int partition) {
        boolean over = taken == round.samples(turn);
        int expected = over ? (turn + 1) % round.turns() : turn;
        if (partition == round.partition(expected)) {
            turn = expected;
            taken = over ? 1 : taken + 1;
        } else {
            begin(partition, partition == round.partition(turn));
        }
    }

    private void begin(int partition, boolean rest) {
        Round round = new Round(new int[] {partition}, new long[] {1});
        rounds.put(samples, round);
        current = round;
        isRest = rest;
        repeats = false;
        count();
    }

    private void count() {
        if (++turns > MOST_TURNS) {
            rounds.clear();
            current = null;
            turns = 0;
            samples = -1;
        }
    }

    /** Returns how many samples came; 0 if their order is not kept. */
    public long samples() {
        return samples;
    }

    /** Returns the partition that a sample came from, of those that came, by its number from 0. */
    public int partition(long sample) {
        Map.Entry<Long, Round> entry = rounds.floorEntry(sample);
        if (entry == null || sample >= samples) {
            throw new IndexOutOfBoundsException("sample: " + sample + " (expected: from 0 to before " + samples + ")");
        }
        Round round = entry.getValue();
        return round.partition(round.turnOf(sample - entry.getKey()));
    }

    /** Returns the rounds by the sample that each began with: a view. */
    public SortedMap<Long, Round> rounds() {
        return Collections.unmodifiableSortedMap(rounds);
    }

    public Interleaving copy() {
        return new Interleaving(rounds, samples);
    }
}

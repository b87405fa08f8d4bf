package io.freshet.learning.features;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Records the partition of each sample of a model, in order, as rounds. Each round repeats until the next one starts.
 *
 * <pre>
 *   0 0 1 1 2 2 0 0 1 1 2 2 0 1 1 2 2 1 1 2 ...
 *   from sample 0: 2 of 0, 2 of 1, 2 of 2            from 13: 2 of 1, 2 of 2
 * </pre>
 *
 * Exact for any order, and short if partitions take turns. A round visits partitions in ascending order, and repeats once its
 * first partition is received again. A sample that does not fit starts another round. Allocates nothing while a round
 * repeats. Pinned by {@code InterleavingTest}.
 */
public final class Interleaving {
    /** An order with more turns is dropped, since it is in every checkpoint and snapshot. */
    public static final int MOST_TURNS = 10_000;

    private final TreeMap<Long, Round> rounds = new TreeMap<>();
    private long samples;
    private int turns;
    private @Nullable Round current;
    /** Whether the current round is the rest of the previous turn, so that it has no other turn. */
    private boolean isRest;

    private boolean repeats;
    /** The current turn of a repeating round, and the count of its samples received. */
    private int turn;

    private long taken;

    /** The order before the first sample. */
    public Interleaving() {}

    /**
     * @param rounds by the number of their first sample; the first round starts at 0
     * @param samples received, more than the start of the last round
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

    /** Records the partition of the next sample. */
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

    /** Returns the count of samples received, or 0 if the order was dropped. */
    public long samples() {
        return samples;
    }

    /** Returns the partition of a received sample, numbered from 0. */
    public int partition(long sample) {
        Map.Entry<Long, Round> entry = rounds.floorEntry(sample);
        if (entry == null || sample >= samples) {
            throw new IndexOutOfBoundsException("sample: " + sample + " (expected: from 0 to before " + samples + ")");
        }
        Round round = entry.getValue();
        return round.partition(round.turnOf(sample - entry.getKey()));
    }

    /** Returns a view of the rounds by the number of their first sample. */
    public SortedMap<Long, Round> rounds() {
        return Collections.unmodifiableSortedMap(rounds);
    }

    public Interleaving copy() {
        return new Interleaving(rounds, samples);
    }
}

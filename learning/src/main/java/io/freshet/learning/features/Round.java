package io.freshet.learning.features;

import java.util.Arrays;

/** A sequence of turns, each with its partition and count of samples. Can grow at its end. */
public final class Round {
    private int[] partitions;
    private long[] samples;
    private int turns;

    /**
     * @param partitions of each turn
     * @param samples of each turn, at least 1, the same length
     */
    public Round(int[] partitions, long[] samples) {
        this.partitions = partitions.clone();
        this.samples = samples.clone();
        turns = partitions.length;
    }

    /** Returns the partition of each turn. */
    public int[] partitions() {
        return Arrays.copyOf(partitions, turns);
    }

    /** Returns the count of samples of each turn. */
    public long[] samples() {
        return Arrays.copyOf(samples, turns);
    }

    int turns() {
        return turns;
    }

    int partition(int turn) {
        return partitions[turn];
    }

    long samples(int turn) {
        return samples[turn];
    }

    /** Returns the count of samples of all turns. */
    long length() {
        long length = 0;
        for (int turn = 0; turn < turns; turn++) {
            length += samples[turn];
        }
        return length;
    }

    /** Returns the turn of a sample, numbered from the start of the repeating round. */
    int turnOf(long sample) {
        long left = sample % length();
        int turn = 0;
        while (left >= samples[turn]) {
            left -= samples[turn++];
        }
        return turn;
    }

    /** Adds a turn of one sample. */
    void append(int partition) {
        if (turns == partitions.length) {
            partitions = Arrays.copyOf(partitions, turns + 4);
            samples = Arrays.copyOf(samples, turns + 4);
        }
        partitions[turns] = partition;
        samples[turns++] = 1;
    }

    /** Adds a sample to the last turn. */
    void extend() {
        samples[turns - 1]++;
    }

    Round copy() {
        return new Round(partitions(), samples());
    }
}

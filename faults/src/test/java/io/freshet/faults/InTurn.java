package io.freshet.faults;

import io.freshet.learning.features.Sample;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** The order of samples of which so many of each partition are taken in turn, and no partition is ever passed over. */
final class InTurn {
    private final List<Queue<Sample>> waiting = new ArrayList<>();
    private final int count;
    private long taken;

    InTurn(int partitions, int count) {
        this.count = count;
        for (int i = 0; i < partitions; i++) {
            waiting.add(new ArrayDeque<>());
        }
    }

    /** Takes in the next sample of its partition; returns those that it is the turn of now. */
    List<Sample> add(Sample sample) {
        waiting.get(sample.partition()).add(sample);
        List<Sample> due = new ArrayList<>();
        while (true) {
            Sample next = waiting.get((int) (taken / count % waiting.size())).poll();
            if (next == null) {
                return due;
            }
            due.add(next);
            taken++;
        }
    }
}

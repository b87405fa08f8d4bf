package io.freshet.faults.oracle;

import io.freshet.learning.features.Sample;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** The order of {@code order: strict}: {@code count} samples of each partition in turn, never skipping a partition. */
final class TurnOrder {
    private final List<Queue<Sample>> queues = new ArrayList<>();
    private final int count;
    private long taken;

    TurnOrder(int partitions, int count) {
        this.count = count;
        for (int i = 0; i < partitions; i++) {
            queues.add(new ArrayDeque<>());
        }
    }

    /** Adds the next sample of its partition; returns the samples that are now due. */
    List<Sample> add(Sample sample) {
        queues.get(sample.partition()).add(sample);
        List<Sample> due = new ArrayList<>();
        while (true) {
            Sample next = queues.get((int) (taken / count % queues.size())).poll();
            if (next == null) {
                return due;
            }
            due.add(next);
            taken++;
        }
    }
}

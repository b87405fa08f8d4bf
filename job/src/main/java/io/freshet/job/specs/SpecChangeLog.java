package io.freshet.job.specs;

import io.freshet.job.record.SpecChange;
import java.io.Serializable;
import java.util.List;

/** The changes of specifications since the job started, numbered by position. Positions need not be consecutive. */
public interface SpecChangeLog extends Serializable {
    /** Returns the position where a job without state starts; at least 0. */
    long start();

    /** Opens the log at a position: the start, or that after an entry. Called on the job manager. */
    Reader open(long position);

    /** Returns a log without changes. */
    static SpecChangeLog empty() {
        return of(List.of());
    }

    /** Returns a log of the given changes. */
    static SpecChangeLog of(List<SpecChange> changes) {
        return new FixedSpecChangeLog(changes);
    }

    /** Reads the log. Used by one thread. */
    interface Reader extends AutoCloseable {
        /** Returns the next changes, in order; an empty list if none arrives within a few milliseconds. */
        List<Entry> poll();

        /** Returns whether {@link #poll} has returned every change that the log had when this reader was opened. */
        boolean hasCaughtUp();

        @Override
        void close();
    }

    /**
     * A change in the log.
     *
     * @param next position of the next change
     */
    record Entry(SpecChange change, long next) implements Serializable {}
}

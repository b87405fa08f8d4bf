package io.freshet.job.specs;

import io.freshet.job.record.SpecChange;
import java.util.ArrayList;
import java.util.List;

/** A log of changes that are known when the job starts. The position of a change is its index. */
final class FixedSpecChangeLog implements SpecChangeLog {
    private static final long serialVersionUID = 1;

    private final ArrayList<SpecChange> changes;

    FixedSpecChangeLog(List<SpecChange> changes) {
        this.changes = new ArrayList<>(changes);
    }

    @Override
    public long start() {
        return 0;
    }

    @Override
    public Reader open(long position) {
        return new Reader() {
            private int next = Math.toIntExact(position);

            @Override
            public List<Entry> poll() {
                List<Entry> entries = new ArrayList<>();
                while (next < changes.size()) {
                    entries.add(new Entry(changes.get(next), ++next));
                }
                return entries;
            }

            @Override
            public boolean hasCaughtUp() {
                return next == changes.size();
            }

            @Override
            public void close() {}
        };
    }
}

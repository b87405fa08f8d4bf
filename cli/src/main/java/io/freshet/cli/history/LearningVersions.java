package io.freshet.cli.history;

import io.freshet.cli.history.LearnedSamples.Emitted;
import io.freshet.schemas.snapshot.HistoryEntry;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the first published version that has received each of some samples among the entries of a history. */
final class LearningVersions {
    private final List<Emitted> samples;
    private final @Nullable Long[] versions;

    LearningVersions(List<Emitted> samples) {
        this.samples = samples;
        versions = new @Nullable Long[samples.size()];
    }

    void add(HistoryEntry entry) {
        for (int i = 0; i < versions.length; i++) {
            if (versions[i] == null && samples.get(i).isIn(entry.lineage())) {
                versions[i] = entry.version();
            }
        }
    }

    /** Returns a version for each sample; null if none has received it. */
    List<@Nullable Long> versions() {
        return Arrays.asList(versions);
    }
}

package io.freshet.learning.spec;

import static io.freshet.learning.yaml.Numbers.integer;

import io.freshet.learning.yaml.Field;
import io.freshet.learning.yaml.Names;
import io.freshet.learning.yaml.Section;

/**
 * When and how snapshots are published: after {@code everySamples} samples, or at most {@code everyMillis} after
 * the first unpublished sample, whichever is first, but in the eager lane not within {@code minimumMillis} of the last snapshot.
 *
 * @param everySamples at least 1
 * @param everyMillis at least 1
 * @param minimumMillis minimum time between two snapshots of a model key in the eager lane; 0 for no minimum
 * @param lane whether snapshots become visible immediately or with a checkpoint
 * @param fullEvery one in {@code fullEvery} snapshots of a large model contains all blocks, the others changed blocks; at least 1
 */
public record PublishSpec(int everySamples, int everyMillis, int minimumMillis, Lane lane, int fullEvery) {
    private static final int DEFAULT_MINIMUM_MILLIS = 100;
    private static final int DEFAULT_FULL_EVERY = 20;

    public static final Section<PublishSpec> FIELDS = Section.of(
                    PublishSpec.class,
                    Field.of("everySamples", integer(1), 1000),
                    Field.of("everyMillis", integer(1), 500),
                    Field.of("minimumMillis", integer(0), DEFAULT_MINIMUM_MILLIS),
                    Field.of("lane", Names.oneOf(Lane.class, Lane::label), Lane.EAGER),
                    Field.of("fullEvery", integer(1), DEFAULT_FULL_EVERY))
            .means("""
                everySamples: A snapshot is published after this number of samples
                everyMillis: or at most this long after the first unpublished sample, whichever comes first: at the last \
                multiple of a tenth of it, or of 50 ms if that is less, so that keys share requests
                minimumMillis: In the eager lane, the minimum time between two snapshots of a model key, even if \
                `everySamples` or `everyMillis` asks for more; 0 for no minimum. The end of the input publishes \
                immediately
                lane: `eager`: visible immediately; `committed`: sent before a checkpoint, and visible when that \
                checkpoint is complete
                fullEvery: One in n snapshots of a large model contains all blocks; the others contain the blocks that \
                changed since the previous snapshot
                """);

    /** When a snapshot becomes visible. */
    public enum Lane {
        /** Immediately. After a failure, the same versions are sent again with the same bits. */
        EAGER("eager"),
        /** When the checkpoint that contains its samples is complete. Due snapshots are sent just before a checkpoint. */
        COMMITTED("committed");

        private final String yamlName;

        Lane(String yamlName) {
            this.yamlName = yamlName;
        }

        /** Returns the name in lower case, as in YAML and in answers. */
        public String label() {
            return yamlName;
        }
    }

    /** The eager lane. */
    public PublishSpec(int everySamples, int everyMillis) {
        this(everySamples, everyMillis, DEFAULT_MINIMUM_MILLIS, Lane.EAGER, DEFAULT_FULL_EVERY);
    }
}

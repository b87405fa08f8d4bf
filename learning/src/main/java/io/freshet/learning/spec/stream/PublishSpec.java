package io.freshet.learning.spec.stream;

import io.freshet.learning.yaml.SpecNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

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
    private static final SortedMap<String, Lane> LANES =
            new TreeMap<>(Map.of("eager", Lane.EAGER, "committed", Lane.COMMITTED));

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
        this(everySamples, everyMillis, DEFAULT_MINIMUM_MILLIS, Lane.EAGER, 20);
    }

    public static PublishSpec read(SpecNode node) {
        PublishSpec publish = new PublishSpec(
                node.integer("everySamples", 1000, 1, Integer.MAX_VALUE),
                node.integer("everyMillis", 500, 1, Integer.MAX_VALUE),
                node.integer("minimumMillis", DEFAULT_MINIMUM_MILLIS, 0, Integer.MAX_VALUE),
                node.oneOf("lane", Lane.EAGER.yamlName, LANES),
                node.integer("fullEvery", 20, 1, Integer.MAX_VALUE));
        node.end();
        return publish;
    }

    public Map<String, Object> write() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("everySamples", everySamples);
        map.put("everyMillis", everyMillis);
        map.put("minimumMillis", minimumMillis);
        map.put("lane", lane.yamlName);
        map.put("fullEvery", fullEvery);
        return map;
    }
}

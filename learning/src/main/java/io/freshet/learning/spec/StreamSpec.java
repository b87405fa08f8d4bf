package io.freshet.learning.spec;

import io.freshet.learning.yaml.Durations;
import io.freshet.learning.yaml.SpecNode;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a model takes the stream: from where it starts, in which order, what it leaves out, when it stops and when it is
 * forgotten.
 *
 * @param order of the samples of several partitions
 * @param deduplicateMillis a sample whose id came within so much event time before is dropped; 0: none is
 * @param timeToLiveMillis the model of a key that got no sample for so much event time is forgotten; 0: none is
 * @param frozen whether samples are predicted and scored, and none learned
 * @param onDivergence what happens when the loss explodes
 * @param reset whether the model may start from scratch if its state does not carry over
 * @param warmStart the parameters it starts from or switches to; null for the initial ones
 */
public record StreamSpec(
        OrderSpec order,
        long deduplicateMillis,
        long timeToLiveMillis,
        boolean frozen,
        OnDivergence onDivergence,
        boolean reset,
        @Nullable WarmStartReference warmStart) {
    /** What a specification that says nothing of it has. */
    public static final StreamSpec DEFAULT =
            new StreamSpec(OrderSpec.ARRIVAL, 0, 0, false, OnDivergence.HOLD, false, null);

    private static final SortedMap<String, OnDivergence> POLICIES = new TreeMap<>(Map.of(
            "none", OnDivergence.NONE,
            "hold", OnDivergence.HOLD,
            "revert", OnDivergence.REVERT,
            "reset", OnDivergence.RESET));

    /** What happens to a model whose loss or norm explodes. */
    public enum OnDivergence {
        /** An event, no more. */
        NONE,
        /** It learns on, and publishes nothing until its loss is good again. */
        HOLD,
        /** It returns to its last good state. */
        REVERT,
        /** It starts from scratch. */
        RESET;

        /** Returns the name for people and on the wire, or "" for nothing. */
        public String action() {
            return this == NONE ? "" : yamlName();
        }

        private String yamlName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static StreamSpec read(SpecNode root) {
        return new StreamSpec(
                OrderSpec.read(root),
                root.millis("deduplicate", 0),
                root.millis("timeToLive", 0),
                root.flag("frozen", false),
                root.oneOf("onDivergence", "hold", POLICIES),
                root.flag("reset", false),
                WarmStartReference.read(root));
    }

    void write(Map<String, Object> root) {
        root.put("order", order.write());
        root.put("deduplicate", Durations.write(deduplicateMillis));
        root.put("timeToLive", Durations.write(timeToLiveMillis));
        root.put("frozen", frozen);
        root.put("onDivergence", onDivergence.yamlName());
        root.put("reset", reset);
        if (warmStart != null) {
            root.put("warmStart", warmStart.write());
        }
    }

    /** Returns the same with another value of {@code reset}. */
    public StreamSpec withReset(boolean changed) {
        return new StreamSpec(order, deduplicateMillis, timeToLiveMillis, frozen, onDivergence, changed, warmStart);
    }

    /** Returns the same from other parameters. */
    public StreamSpec withWarmStart(@Nullable WarmStartReference changed) {
        return new StreamSpec(order, deduplicateMillis, timeToLiveMillis, frozen, onDivergence, reset, changed);
    }
}

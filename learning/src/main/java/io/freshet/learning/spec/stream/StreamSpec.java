package io.freshet.learning.spec.stream;

import io.freshet.learning.loss.Loss;
import io.freshet.learning.yaml.Durations;
import io.freshet.learning.yaml.SpecNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a model consumes the stream.
 *
 * @param order order of samples across partitions
 * @param deduplicateMillis event time for which an id is remembered; later samples with that id are dropped; 0 to disable
 * @param timeToLiveMillis event time without samples after which a key's model expires; 0 to disable
 * @param frozen whether samples are predicted and scored but not learned
 * @param onDivergence divergence policy
 * @param start parameters to start from
 * @param input which records the model learns from
 */
public record StreamSpec(
        OrderSpec order,
        long deduplicateMillis,
        long timeToLiveMillis,
        boolean frozen,
        OnDivergence onDivergence,
        Start start,
        Input input) {
    public static final StreamSpec DEFAULT =
            new StreamSpec(OrderSpec.ARRIVAL, 0, 0, false, OnDivergence.HOLD, Start.DEFAULT, Input.DEFAULT);

    /**
     * The parameters that a model starts from.
     *
     * @param reset whether the model may start from scratch if its state is incompatible with the specification
     * @param warmStart parameters to start from or switch to; null for the initial ones
     */
    public record Start(boolean reset, @Nullable WarmStartReference warmStart) {
        static final Start DEFAULT = new Start(false, null);
    }

    /**
     * The records that a model learns from.
     *
     * @param when those that are the model's; null for all
     * @param join how they are joined with their outcomes; null if they arrive with labels
     */
    public record Input(@Nullable When when, @Nullable JoinSpec join) {
        static final Input DEFAULT = new Input(null, null);
    }

    private static final SortedMap<String, OnDivergence> POLICIES = new TreeMap<>(Map.of(
            "none", OnDivergence.NONE,
            "hold", OnDivergence.HOLD,
            "revert", OnDivergence.REVERT,
            "reset", OnDivergence.RESET));

    /** The divergence policy: the response to a loss or update norm that explodes. */
    public enum OnDivergence {
        /** Only report an event. */
        NONE,
        /** Continue to learn, but publish nothing until the loss has recovered. */
        HOLD,
        /** Return to the last good state. */
        REVERT,
        /** Start from scratch. */
        RESET;

        /** Returns the name for people and on the wire; "" for {@link #NONE}. */
        public String action() {
            return this == NONE ? "" : yamlName();
        }

        private String yamlName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static StreamSpec read(SpecNode root, Loss loss) {
        return new StreamSpec(
                OrderSpec.read(root),
                root.millis("deduplicate", 0),
                root.millis("timeToLive", 0),
                root.flag("frozen", false),
                root.oneOf("onDivergence", "hold", POLICIES),
                new Start(root.flag("reset", false), WarmStartReference.read(root)),
                new Input(When.read(root), JoinSpec.read(root, loss)));
    }

    /** @param classes names of the classes; empty if labels are numbers */
    public void write(Map<String, Object> root, List<String> classes) {
        root.put("order", order.write());
        root.put("deduplicate", Durations.write(deduplicateMillis));
        root.put("timeToLive", Durations.write(timeToLiveMillis));
        root.put("frozen", frozen);
        root.put("onDivergence", onDivergence.yamlName());
        root.put("reset", reset());
        if (start.warmStart() != null) {
            root.put("warmStart", start.warmStart().write());
        }
        if (input.when != null) {
            root.put("when", input.when.write());
        }
        if (input.join != null) {
            root.put("join", input.join.write(classes));
        }
    }

    public @Nullable When when() {
        return input.when;
    }

    public @Nullable JoinSpec join() {
        return input.join;
    }

    public boolean reset() {
        return start.reset();
    }

    public @Nullable WarmStartReference warmStart() {
        return start.warmStart();
    }

    public StreamSpec withReset(boolean reset) {
        return withStart(new Start(reset, start.warmStart()));
    }

    public StreamSpec withWarmStart(@Nullable WarmStartReference warmStart) {
        return withStart(new Start(start.reset(), warmStart));
    }

    public StreamSpec withWhen(@Nullable When changed) {
        return new StreamSpec(
                order,
                deduplicateMillis,
                timeToLiveMillis,
                frozen,
                onDivergence,
                start,
                new Input(changed, input.join));
    }

    private StreamSpec withStart(Start changed) {
        return new StreamSpec(order, deduplicateMillis, timeToLiveMillis, frozen, onDivergence, changed, input);
    }
}

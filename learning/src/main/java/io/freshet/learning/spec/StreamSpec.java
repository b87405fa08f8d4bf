package io.freshet.learning.spec;

import static io.freshet.learning.yaml.Numbers.flag;
import static io.freshet.learning.yaml.Numbers.millis;

import io.freshet.learning.yaml.Field;
import io.freshet.learning.yaml.Names;
import io.freshet.learning.yaml.Section;
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

    public static final Section<StreamSpec> FIELDS = Section.of(
                    StreamSpec.class,
                    Field.of("order", OrderSpec.FIELDS),
                    Field.of("deduplicate", millis(), 0L),
                    Field.of("timeToLive", millis(), 0L),
                    Field.of("frozen", flag(), false),
                    Field.of("onDivergence", Names.oneOf(OnDivergence.class), OnDivergence.HOLD),
                    Section.of(
                                    Start.class,
                                    Field.of("reset", flag(), false),
                                    Field.of("warmStart", WarmStartReference.FIELDS)
                                            .optional())
                            .means("""
                reset: Whether the model may start from scratch if its state is incompatible with a changed specification
                """),
                    Section.of(
                            Input.class,
                            Field.of("when", When.FIELDS).optional(),
                            Field.of("join", JoinSpec.FIELDS).optional()))
            .means("""
                deduplicate: Drops a sample whose id was received before, with an event time at most this far away; 0 \
                keeps all
                timeToLive: Expires the model of a key without a sample for this much event time; 0 keeps all. At least \
                `deduplicate`, and `join.within` + `join.grace`
                frozen: Whether samples are predicted and scored but not learned
                onDivergence: Divergence policy, applied when the loss explodes: only report an event, withhold snapshots \
                until the loss has recovered, return to the last good state, or start from scratch. With `join.after` \
                below `join.within`, the first two only
                """);

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

        /** Returns whether a model returns to an earlier state. */
        public boolean goesBack() {
            return this == REVERT || this == RESET;
        }

        /** Returns the name for people and on the wire; "" for {@link #NONE}. */
        public String action() {
            return this == NONE ? "" : Names.lowerCase(this);
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

package io.freshet.schemas.facts;

import java.util.Locale;

/** What the trainer does with a model. */
public enum State {
    /** Learns what arrives. */
    LEARNING(Level.GOOD),
    /** No window of its samples has ended yet, so nothing is known about how it learns, or whether it does. */
    NOT_EVALUATED(Level.QUIET),
    /** Learns samples that have been waiting: more than arrived within the last ten seconds. */
    CATCHING_UP(Level.WARNING),
    /** Has nothing new to learn. */
    IDLE(Level.QUIET),
    /** Predicts and scores samples, but learns none: {@code frozen: true}. */
    FROZEN(Level.QUIET),
    /** Learns, but publishes no snapshot, since its loss or its updates exploded: {@code onDivergence: hold}. */
    HELD(Level.WARNING),
    /** Has learned its bounded input. */
    FINISHED(Level.QUIET),
    /** Rejects more records than it learns. */
    REJECTING(Level.BAD),
    /** Is not learned any more, for a reason that must be removed. */
    FAILED(Level.BAD),
    /** No trainer runs. */
    TRAINER_GONE(Level.BAD),
    /** The brokers do not answer, so nothing is known about the trainer. */
    BROKER_GONE(Level.BAD);

    private final Level level;

    State(Level level) {
        this.level = level;
    }

    /** Returns how much attention a model in this state needs, whatever its problems. */
    public Level level() {
        return level;
    }

    /** Returns the name as a label of metrics, such as {@code catching_up}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the name in words, such as {@code catching up}. */
    public String text() {
        return label().replace('_', ' ');
    }
}

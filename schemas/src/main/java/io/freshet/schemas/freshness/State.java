package io.freshet.schemas.freshness;

import java.util.Locale;

/** What the trainer does with a model. */
public enum State {
    /** Learns what arrives. */
    LEARNING,
    /** Learns samples that have been waiting: more than arrived within the last ten seconds. */
    CATCHING_UP,
    /** Has nothing new to learn. */
    IDLE,
    /** Predicts and scores samples, but learns none: {@code frozen: true}. */
    FROZEN,
    /** Learns, but publishes no snapshot, since its loss exploded: {@code onDivergence: hold}. */
    HELD,
    /** Has learned its bounded input. */
    FINISHED,
    /** Is not learned any more, for a reason that must be removed. */
    FAILED,
    /** No trainer runs. */
    TRAINER_GONE,
    /** The brokers do not answer, so nothing is known about the trainer. */
    BROKER_GONE;

    /** Returns the name as a label of metrics, such as {@code catching_up}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the name in words, such as {@code catching up}. */
    public String text() {
        return label().replace('_', ' ');
    }
}

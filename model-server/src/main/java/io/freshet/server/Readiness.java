package io.freshet.server;

import io.freshet.server.store.ServedModel;
import java.time.Duration;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Decides whether the server is ready for requests. */
final class Readiness {
    private final BooleanSupplier caughtUp;
    private final Supplier<@Nullable String> brokerProblem;
    private final ServerState state;
    private final @Nullable Duration maximumStaleness;
    private volatile boolean wasCaughtUp;

    /**
     * @param caughtUp whether the server has read what the topics contained when it started
     * @param brokerProblem why the brokers do not answer, or null
     * @param maximumStaleness of any served model; null for no limit
     */
    Readiness(
            BooleanSupplier caughtUp,
            Supplier<@Nullable String> brokerProblem,
            ServerState state,
            @Nullable Duration maximumStaleness) {
        this.caughtUp = caughtUp;
        this.brokerProblem = brokerProblem;
        this.state = state;
        this.maximumStaleness = maximumStaleness;
    }

    /**
     * Returns whether the server has read what the topics contained when it started. Stays true: a topic that appears later may take
     * long to read, and the server goes on meanwhile.
     */
    boolean isCaughtUp() {
        if (!wasCaughtUp && caughtUp.getAsBoolean()) {
            wasCaughtUp = true;
        }
        return wasCaughtUp;
    }

    /** Returns why the server is not ready, or null if it is. */
    @Nullable String problem() {
        if (!isCaughtUp()) {
            String broker = brokerProblem.get();
            return broker == null ? "the topics are not read to their ends yet" : broker;
        }
        if (state.store.isEmpty() && state.untrained.isEmpty()) {
            return "no model is served yet";
        }
        return maximumStaleness == null ? null : stale(maximumStaleness);
    }

    private @Nullable String stale(Duration maximum) {
        long now = state.clock.millis();
        for (ServedModel model : state.store.models()) {
            double age = state.conditions.ageSeconds(model.spec().spec(), model.watermark(), now);
            if (age * 1000 > maximum.toMillis()) {
                return String.format(
                        Locale.ROOT,
                        "model %s: %.1f s old, %s (expected: at most %.1f s)",
                        model.name(),
                        age,
                        state.conditions.of(model.name(), now).text(),
                        maximum.toMillis() / 1000.0);
            }
        }
        return null;
    }
}

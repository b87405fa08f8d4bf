package io.freshet.server;

import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.store.ModelStore;
import io.freshet.server.store.ServedModel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Decides whether the server is ready for requests. */
final class Readiness {
    private final BooleanSupplier caughtUp;
    private final Supplier<@Nullable String> brokerProblem;
    private final ModelStore store;
    private final ModelConditions conditions;
    private final InstantSource clock;
    private final @Nullable Duration maximumStaleness;

    /**
     * @param caughtUp whether the server has read what the topics contained when it started
     * @param brokerProblem why the brokers do not answer, or null
     * @param maximumStaleness of any served model; null for no limit
     */
    Readiness(
            BooleanSupplier caughtUp,
            Supplier<@Nullable String> brokerProblem,
            ModelStore store,
            ModelConditions conditions,
            InstantSource clock,
            @Nullable Duration maximumStaleness) {
        this.caughtUp = caughtUp;
        this.brokerProblem = brokerProblem;
        this.store = store;
        this.conditions = conditions;
        this.clock = clock;
        this.maximumStaleness = maximumStaleness;
    }

    /** Returns whether the server has read what the topics contained when it started. */
    boolean isCaughtUp() {
        return caughtUp.getAsBoolean();
    }

    /** Returns why the server is not ready, or null if it is. */
    @Nullable String problem() {
        if (!isCaughtUp()) {
            String broker = brokerProblem.get();
            return broker == null ? "the topics are not read to their ends yet" : broker;
        }
        if (store.isEmpty()) {
            return "no model is served yet";
        }
        return maximumStaleness == null ? null : stale(maximumStaleness);
    }

    private @Nullable String stale(Duration maximum) {
        long now = clock.millis();
        for (ServedModel model : store.models()) {
            double age = conditions.ageSeconds(model.watermark(), now);
            if (age * 1000 > maximum.toMillis()) {
                return String.format(
                        Locale.ROOT,
                        "model %s: %.1f s old, %s (expected: at most %.1f s)",
                        model.name(),
                        age,
                        conditions.of(model.name(), now).text(),
                        maximum.toMillis() / 1000.0);
            }
        }
        return null;
    }
}

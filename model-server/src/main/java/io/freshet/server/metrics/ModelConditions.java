package io.freshet.server.metrics;

import io.freshet.schemas.evaluation.LatestEvaluations;
import io.freshet.schemas.freshness.Condition;
import io.freshet.schemas.freshness.Freshness;
import io.freshet.schemas.freshness.SignsOfLife;
import io.freshet.server.store.ModelStore;
import io.freshet.server.store.ServedModel;
import java.util.Set;
import java.util.TreeSet;

/** The condition and age of each model that was evaluated or is served. Times are milliseconds since 1970, UTC. Thread-safe. */
public final class ModelConditions {
    private final ModelStore store;
    private final LatestEvaluations evaluations;
    private final Freshness freshness;
    private final SignsOfLife signs;

    public ModelConditions(ModelStore store, LatestEvaluations evaluations, SignsOfLife signs) {
        this.store = store;
        this.evaluations = evaluations;
        freshness = new Freshness(evaluations, signs);
        this.signs = signs;
    }

    /** Returns the names of the models, in order. */
    Set<String> names() {
        Set<String> names = new TreeSet<>(evaluations.models());
        names.addAll(store.names());
        return names;
    }

    public Condition of(String name, long now) {
        ServedModel model = store.model(name);
        boolean frozen = model != null && model.spec().spec().stream().frozen();
        return freshness.model(name, new Freshness.Spec(frozen, null), now);
    }

    /** Returns by how much the newest heartbeat was ahead of this machine's clock; 0 if it was not. */
    double clockAheadSeconds() {
        return signs.aheadMillis() / 1e3;
    }

    /**
     * Returns the age of parameters in seconds, at least 0, or NaN before the first sample.
     *
     * @param watermark newest event time learned, or Long.MIN_VALUE before the first sample
     */
    public double ageSeconds(long watermark, long now) {
        return freshness.ageSeconds(watermark, now);
    }
}

package io.freshet.server.metrics;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.Condition;
import io.freshet.schemas.facts.Freshness;
import io.freshet.schemas.facts.JoinProblem;
import io.freshet.schemas.facts.LatestEvaluations;
import io.freshet.schemas.facts.Problem;
import io.freshet.schemas.facts.Problems;
import io.freshet.schemas.facts.SignsOfLife;
import io.freshet.schemas.loop.LatestJoin;
import io.freshet.schemas.loop.LatestJoins;
import io.freshet.server.store.ModelStore;
import io.freshet.server.store.ServedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The condition, problems, join, and age of each model that is applied, was evaluated, or is served. Times are milliseconds since 1970,
 * UTC. Thread-safe.
 */
public final class ModelConditions {
    private final ModelStore store;
    private final LatestEvaluations evaluations;
    private final Freshness freshness;
    private final Problems problems;
    private final SignsOfLife signs;
    private final LatestJoins joins;
    private final AppliedModels applied;
    private final ServingProblems serving;

    /** Creates the conditions of models that nothing is known about from the models topic. */
    public ModelConditions(ModelStore store, LatestEvaluations evaluations, SignsOfLife signs) {
        this(store, evaluations, signs, new AppliedModels());
    }

    private ModelConditions(ModelStore store, LatestEvaluations evaluations, SignsOfLife signs, AppliedModels applied) {
        this(store, evaluations, signs, new LatestJoins(), applied, new ServingProblems(store, applied));
    }

    public ModelConditions(
            ModelStore store,
            LatestEvaluations evaluations,
            SignsOfLife signs,
            LatestJoins joins,
            AppliedModels applied,
            ServingProblems serving) {
        this.store = store;
        this.evaluations = evaluations;
        this.signs = signs;
        this.joins = joins;
        this.applied = applied;
        this.serving = serving;
        freshness = new Freshness(evaluations, signs);
        problems = new Problems(freshness, evaluations, signs, joins);
    }

    /** Returns the names of the models, in order. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>(evaluations.models());
        names.addAll(store.names());
        names.addAll(store.unloadedNames());
        names.addAll(applied.names());
        return names;
    }

    public Condition of(String name, long now) {
        return freshness.model(name, spec(name), now);
    }

    /** Returns what is wrong with a model in a condition, the worst first. */
    public List<Problem> problems(String name, Condition condition, long now) {
        ServedModel model = store.model(name);
        double age = model == null ? Double.NaN : ageSeconds(model.spec().spec(), model.watermark(), now);
        List<Problem> all = new ArrayList<>(problems.of(name, condition, spec(name), age, now));
        all.addAll(serving.of(name));
        all.sort(Problem.WORST_FIRST);
        return all;
    }

    /** Returns that records arrive which no model can decode; null if there are none. */
    public @Nullable Problem undecodable(long now) {
        return problems.undecodable(now);
    }

    /** Returns those of the problems that are about the join of a model, by kind. */
    public Map<JoinProblem, Problem> joinProblems(String name, Condition condition, long now) {
        return problems.ofJoin(name, condition, spec(name), now);
    }

    /** Returns what is known about the join of a model; null if it has none, or has not reported. */
    public @Nullable LatestJoin join(String name) {
        return spec(name).joined() == null ? null : joins.get(name);
    }

    /** Returns the version that a model without a key is pinned to, or null. */
    public @Nullable Long pinned(String name) {
        return serving.pinned(name);
    }

    /** Returns the records that the trainer rejects per second for a model, or null if unknown. */
    public @Nullable Double rejectedPerSecond(String name, long now) {
        return signs.rejections().known() ? (Double) signs.rejections().perSecond(name, now) : null;
    }

    /** What is applied counts; without the models topic, what is served. */
    private Freshness.Spec spec(String name) {
        AppliedModels.Applied known = applied.get(name);
        if (known != null && known.spec() != null) {
            return known.spec();
        }
        ServedModel model = store.model(name);
        return model == null
                ? Freshness.Spec.UNKNOWN
                : Freshness.Spec.of(model.spec().spec()).withoutHash();
    }

    /** Returns whether a model predicts worse than the best constant. */
    boolean isWorseThanConstant(String name) {
        return evaluations.worseThanConstant(name) != null;
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
    public double ageSeconds(ModelSpec spec, long watermark, long now) {
        return freshness.ageSeconds(spec, watermark, now);
    }
}

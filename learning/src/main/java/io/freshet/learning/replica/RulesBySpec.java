package io.freshet.learning.replica;

import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.ReplicaRules;
import io.freshet.learning.spec.ReplicaSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** The rules of a model for each of its specifications, created when they are first used. */
final class RulesBySpec<R> {
    /** A running model uses two for a few rounds after a change, and one otherwise. */
    private static final int KEPT = 4;

    private final Learner first;
    private final String firstSpecification;
    private final Factory<R> factory;
    private final Map<String, R> rules = new LinkedHashMap<>();
    private String last;
    private R lastRules;

    /** Creates the rules of a specification. */
    interface Factory<R> {
        R create(Learner learner, ReplicaSettings settings);
    }

    /** @throws IllegalArgumentException if the model cannot be learned by such replicas */
    RulesBySpec(Learner first, ReplicaSettings settings, Factory<R> factory) {
        String misfit = ReplicaRules.misfit(first.spec(), settings);
        if (misfit != null) {
            throw new IllegalArgumentException(misfit);
        }
        this.first = first;
        this.factory = factory;
        firstSpecification = first.spec().toYaml();
        last = firstSpecification;
        lastRules = factory.create(first, settings);
        rules.put(last, lastRules);
    }

    /** Returns the specification that the model had first, as YAML. */
    String first() {
        return firstSpecification;
    }

    /** Returns a state before its first sample, with the warm start; a copy if there is one. */
    LearnerState warm(LearnerState initial) {
        if (!first.needsRebase(initial)) {
            return initial;
        }
        LearnerState warm = initial.copy();
        warmInPlace(warm);
        return warm;
    }

    /** Gives a state the warm start, unless it has it. */
    void warmInPlace(LearnerState state) {
        if (first.needsRebase(state)) {
            first.rebase(state, "");
        }
    }

    /** @param specification as YAML */
    R of(String specification) {
        if (!specification.equals(last)) {
            lastRules = rules.computeIfAbsent(specification, this::create);
            last = specification;
            if (rules.size() > KEPT) {
                rules.keySet().removeIf(each -> rules.size() > KEPT && !each.equals(last));
            }
        }
        return lastRules;
    }

    private R create(String specification) {
        ModelSpec spec = ModelSpec.parse(specification);
        return factory.create(first.changed(spec), Objects.requireNonNull(spec.replicas()));
    }

    /** Returns the rules that were used last. */
    R last() {
        return lastRules;
    }
}

package io.freshet.learning.spec;

import io.freshet.learning.loss.Loss;
import io.freshet.learning.loss.Task;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.spec.stream.JoinSpec;
import io.freshet.learning.spec.stream.StreamSpec.OnDivergence;
import io.freshet.learning.yaml.SpecException;

/** Which models can learn from requests that are joined with their outcomes. */
final class JoinCheck {
    private JoinCheck() {}

    static void check(ModelSpec spec) {
        JoinSpec join = spec.join();
        if (join == null) {
            return;
        }
        if (spec.labelLength() != 1 || spec.model().steps() > 0 || spec.fields().labelIsVector()) {
            throw SpecException.of(
                    "join", "label of several numbers", "a label of one number or class, which outcomes have");
        }
        boolean classes = !spec.labels().isEmpty() || spec.loss().task() == Task.MULTICLASS;
        if (classes && join.several().needsNumbers()) {
            throw SpecException.of(
                    "join.several", join.several().yamlName(), "first or last, since labels are classes");
        }
        if (spec.training().batch().isFull()) {
            throw SpecException.of("join", "given", "none beside batch.size full, which learns at the end of an input");
        }
        if (spec.training().epochs() > 1) {
            throw SpecException.of(
                    "join", "given", "none beside epochs: " + spec.training().epochs());
        }
        ReplicaSettings replicas = spec.replicas();
        if (replicas != null && replicas.mergesGradients()) {
            throw SpecException.of(
                    "join",
                    "given",
                    "none beside replicas.merge: gradient, which weighs batches by their scored samples");
        }
        OnDivergence policy = spec.stream().onDivergence();
        if (!join.isFinalAtOnce() && (policy == OnDivergence.REVERT || policy == OnDivergence.RESET)) {
            throw SpecException.of(
                    "onDivergence",
                    policy.action(),
                    "hold or none beside a join.after below join.within, since losses arrive join.within after what was"
                            + " learned, and what it returned to would be as bad");
        }
        checkMissing(spec, join);
        Loss loss = spec.loss();
        if (!join.delayed().waits() && !loss.isLinearInLabel()) {
            throw SpecException.of(
                    "join.delayed",
                    "retract",
                    "wait, since the gradient of loss " + loss.name()
                            + " does not change by the same amount for every prediction when a label changes");
        }
    }

    private static void checkMissing(ModelSpec spec, JoinSpec join) {
        Double label = join.missing().label();
        if (label == null) {
            return;
        }
        String expected = spec.loss().labelExpectation(new float[] {label.floatValue()}, spec.outputs());
        if (expected != null) {
            throw SpecException.of("join.missing", label, "a label " + expected + ", or drop");
        }
    }
}

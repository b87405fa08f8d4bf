package io.freshet.learning.spec;

import static io.freshet.learning.spec.Rules.refuse;

import io.freshet.learning.loss.Loss;
import io.freshet.learning.loss.Task;
import io.freshet.learning.spec.StreamSpec.OnDivergence;
import io.freshet.learning.yaml.Names;

/** Which models can learn from requests that are joined with their outcomes. */
final class JoinRules {
    private JoinRules() {}

    static void check(ModelSpec spec) {
        JoinSpec join = spec.join();
        if (join == null) {
            return;
        }
        boolean several = spec.labelLength() != 1
                || spec.model().steps() > 0
                || spec.fields().labelIsVector();
        String label = "a label of one number or class, which outcomes have";
        refuse(several, "join", "label of several numbers", label);
        boolean classes = !spec.labels().isEmpty() || spec.loss().task() == Task.MULTICLASS;
        boolean sums = classes && join.several().needsNumbers();
        refuse(sums, "join.several", Names.lowerCase(join.several()), "first or last, since labels are classes");
        String full = "none beside batch.size full, which learns at the end of an input";
        refuse(spec.training().batch().isFull(), "join", "given", full);
        int epochs = spec.training().epochs();
        refuse(epochs > 1, "join", "given", "none beside epochs: " + epochs);
        ReplicaSettings replicas = spec.replicas();
        String gradient = "none beside replicas.merge: gradient, which weighs batches by their scored samples";
        refuse(replicas != null && replicas.mergesGradients(), "join", "given", gradient);
        OnDivergence policy = spec.stream().onDivergence();
        String late =
                "hold or none beside a join.after below join.within, since losses arrive join.within after what was"
                        + " learned, and what it returned to would be as bad";
        refuse(!join.isFinalAtOnce() && policy.goesBack(), "onDivergence", policy.action(), late);
        Loss loss = spec.loss();
        Double missing = join.missing().label();
        if (missing != null) {
            String expected = loss.labelExpectation(new float[] {missing.floatValue()}, spec.outputs());
            refuse(expected != null, "join.missing", missing, "a label " + expected + ", or drop");
        }
        boolean unequal = !join.delayed().waits() && !loss.isLinearInLabel();
        String wait = "wait, since the gradient of loss " + loss.name()
                + " does not change by the same amount for every prediction when a label changes";
        refuse(unequal, "join.delayed", "retract", wait);
    }
}

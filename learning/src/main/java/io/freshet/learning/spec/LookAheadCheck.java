package io.freshet.learning.spec;

import io.freshet.learning.loss.Loss;
import io.freshet.learning.model.Linear;
import io.freshet.learning.model.Model;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.schedule.Constant;
import io.freshet.learning.schedule.Schedule;
import io.freshet.learning.schedule.Warmup;
import io.freshet.learning.spec.table.Regularization;
import io.freshet.learning.yaml.SpecException;
import org.jspecify.annotations.Nullable;

/** Which models an optimizer can learn that looks ahead. */
final class LookAheadCheck {
    private LookAheadCheck() {}

    /**
     * Returns why an optimizer that looks ahead cannot learn a model, or null if it can: it needs a sum of features, ends at the
     * minimum by itself, would undo a penalty, and its steps are not merged.
     *
     * @param training its own optimizer is ignored
     */
    static @Nullable SpecException objection(Optimizer optimizer, Model model, Loss loss, TrainingSpec training) {
        String since = ", since optimizer " + optimizer.name() + " ";
        if (!model.equals(new Linear())) {
            return SpecException.of("model.type", model.name(), "linear" + since + "needs a sum of features");
        }
        String lossExpectation = optimizer.lossExpectation(loss);
        if (lossExpectation != null) {
            return SpecException.of("loss", loss.name(), lossExpectation);
        }
        Schedule schedule = training.schedule();
        if (schedule instanceof Warmup warmup && warmup.schedule().equals(new Constant())) {
            return SpecException.of("schedule.warmup", warmup.updates(), "0" + since + "slows down by itself");
        }
        if (!schedule.equals(new Constant())) {
            return SpecException.of("schedule", schedule.name(), "constant" + since + "slows down by itself");
        }
        Regularization penalty = training.regularization();
        if (!penalty.equals(Regularization.NONE)) {
            String field = "regularization." + (penalty.l1() > 0 ? "l1" : "l2");
            double value = penalty.l1() > 0 ? penalty.l1() : penalty.l2();
            return SpecException.of(field, value, "0" + since + "ignores the scales that a penalty depends on");
        }
        TrainingSpec.Clip clip = training.clip();
        if (!clip.equals(TrainingSpec.Clip.NONE)) {
            boolean isNorm = clip.norm() < Double.POSITIVE_INFINITY;
            return SpecException.of(
                    isNorm ? "clip.norm" : "clip.value",
                    isNorm ? clip.norm() : clip.value(),
                    "none" + since + "never steps past a minimum");
        }
        return training.replicas() == null
                ? null
                : SpecException.of(
                        "replicas", training.replicas().count(), "none" + since + "has steps that cannot be merged");
    }
}

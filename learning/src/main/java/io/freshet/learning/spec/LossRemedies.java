package io.freshet.learning.spec;

import io.freshet.learning.optimizer.LookAhead;
import io.freshet.learning.optimizer.Optimizer;
import java.util.ArrayList;
import java.util.List;

/**
 * What to do about a model whose loss is too high, by its specification.
 *
 * @param diverged if the loss diverged, such as {@code lower optimizer.learningRate, now 1000.0, or set clip.norm}
 * @param worse if it is only worse than that of a constant
 */
public record LossRemedies(String diverged, String worse) {
    public static LossRemedies of(ModelSpec spec) {
        return new LossRemedies(ofDiverged(spec), ofWorse(spec));
    }

    public String of(boolean hasDiverged) {
        return hasDiverged ? diverged : worse;
    }

    private static String ofDiverged(ModelSpec spec) {
        TrainingSpec training = spec.training();
        Optimizer optimizer = spec.optimizer();
        List<String> remedies = new ArrayList<>();
        if (optimizer.hasLearningRate()) {
            remedies.add("lower optimizer.learningRate, now " + training.learningRate());
        }
        boolean clips = !(optimizer instanceof LookAhead) && !optimizer.needsObjective();
        if (clips && training.clip().equals(TrainingSpec.Clip.NONE)) {
            remedies.add("set clip.norm");
        }
        if (!spec.features().numeric().isEmpty() && !spec.features().standardize()) {
            remedies.add("standardize the features");
        }
        if (!DefaultOptimizer.isUsed(spec)) {
            remedies.add(byDefault(optimizer, DefaultOptimizer.of(spec).optimizer()));
        }
        return remedies.isEmpty() ? "look for outliers in the features and the label" : String.join(", or ", remedies);
    }

    private static String byDefault(Optimizer optimizer, Optimizer byDefault) {
        if (optimizer.equals(byDefault)) {
            return "leave optimizer.learningRate out for the default, " + byDefault.defaultLearningRate();
        }
        return "leave optimizer out for the default, " + byDefault.name()
                + (byDefault.hasLearningRate() ? "" : ", which needs no rate");
    }

    private static String ofWorse(ModelSpec spec) {
        return "more samples, "
                + (spec.optimizer().hasLearningRate() ? "another optimizer.learningRate, " : "")
                + "or other features may help";
    }
}

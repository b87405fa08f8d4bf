package io.freshet.learning.spec;

import io.freshet.learning.loss.Loss;
import io.freshet.learning.model.Linear;
import io.freshet.learning.model.Model;
import io.freshet.learning.optimizer.AdaGrad;
import io.freshet.learning.optimizer.Hyperparameter;
import io.freshet.learning.optimizer.NormalizedAdaGrad;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.optimizer.Sgd;
import io.freshet.learning.spec.feature.FeatureSpec;
import io.freshet.learning.yaml.SpecException;
import java.util.function.Function;

/**
 * The optimizer of a specification that names none, at its default learning rate.
 *
 * <pre>
 *   linear, all features standardized     sgd
 *   linear, other features                normalized-adagrad; adagrad where it does not apply
 *   other models                          adagrad
 * </pre>
 *
 * <p>The measurements are in {@code docs/results/defaults.md} and {@code docs/tuning.md}.
 *
 * @param reason for people, in one line
 */
public record DefaultOptimizer(Optimizer optimizer, String reason) {

    /** Returns the default of a specification, whether or not it has another optimizer. */
    public static DefaultOptimizer of(ModelSpec spec) {
        return of(spec.features(), spec.model(), spec.loss(), optimizer -> spec.training());
    }

    /** @param training reads how the samples would update the parameters with an optimizer */
    static DefaultOptimizer of(
            FeatureSpec features, Model model, Loss loss, Function<Optimizer, TrainingSpec> training) {
        if (!model.equals(new Linear())) {
            return new DefaultOptimizer(new AdaGrad(Hyperparameter.EPSILON.defaultValue()), "the default of every model that is not linear");
        }
        if (features.isStandardized()) {
            return new DefaultOptimizer(new Sgd(), "the default of a linear model whose features are standardized");
        }
        Optimizer normalized = new NormalizedAdaGrad();
        SpecException objection = LookAheadCheck.objection(normalized, model, loss, training.apply(normalized));
        String reason = "the default of a linear model with features that are not standardized";
        return objection == null
                ? new DefaultOptimizer(normalized, reason)
                : new DefaultOptimizer(new AdaGrad(Hyperparameter.EPSILON.defaultValue()), reason + ", where another does not apply: " + objection.getMessage());
    }

    /** Returns the optimizer of a specification and where it comes from, in one line for people. */
    public static String explain(ModelSpec spec) {
        DefaultOptimizer byDefault = of(spec);
        String inUse = named(spec.optimizer(), spec.training().learningRate());
        String other = named(byDefault.optimizer, byDefault.optimizer.defaultLearningRate());
        boolean isDefault = inUse.equals(other) && spec.optimizer().equals(byDefault.optimizer);
        return inUse + (isDefault ? "" : ", instead of " + other) + ": " + byDefault.reason;
    }

    private static String named(Optimizer optimizer, double learningRate) {
        return optimizer.name() + (optimizer.hasLearningRate() ? ", learningRate " + learningRate : "");
    }
}

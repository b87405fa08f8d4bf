package io.freshet.learning.spec;

import io.freshet.learning.loss.Loss;
import io.freshet.learning.model.Linear;
import io.freshet.learning.model.Model;
import io.freshet.learning.optimizer.AdaGrad;
import io.freshet.learning.optimizer.Hyperparameter;
import io.freshet.learning.optimizer.NormalizedAdaGrad;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.optimizer.ScaleFree;
import io.freshet.learning.optimizer.Sgd;
import io.freshet.learning.spec.feature.FeatureSpec;
import io.freshet.learning.yaml.SpecException;
import java.util.function.Function;

/**
 * The optimizer of a specification that names none, at its default learning rate.
 *
 * <pre>
 *   linear, all features standardized     sgd
 *   linear, other features                normalized-adagrad, or adagrad where it does not apply
 *     and a loss in the unit of labels    scale-free, or sgd where it does not apply
 *   other models                          adagrad
 * </pre>
 *
 * <p>A step of AdaGrad, normalized or not, moves a prediction by about the rate for each feature, so labels in the thousands are
 * never reached. The measurements are in {@code docs/results/defaults.md}, {@code new-streams.md}, and {@code docs/tuning.md}.
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
        Optimizer adaGrad = new AdaGrad(Hyperparameter.EPSILON.defaultValue());
        if (!model.equals(new Linear())) {
            return new DefaultOptimizer(adaGrad, "the default of every model that is not linear");
        }
        if (features.isStandardized()) {
            return new DefaultOptimizer(new Sgd(), "the default of a linear model whose features are standardized");
        }
        boolean inUnit = loss.isInUnitOfLabel();
        Optimizer ahead = inUnit ? new ScaleFree() : new NormalizedAdaGrad();
        Optimizer plain = inUnit ? new Sgd() : adaGrad;
        String reason = "the default of a linear model with features that are not standardized"
                + (inUnit ? ", and a loss in the unit of its label" : "");
        SpecException objection = LookAheadCheck.objection(ahead, model, loss, training.apply(plain));
        return objection == null
                ? new DefaultOptimizer(ahead, reason)
                : new DefaultOptimizer(plain, reason + ", where another does not apply: " + objection.getMessage());
    }

    /** Returns whether a specification has its default, with all hyperparameters. */
    public static boolean isUsed(ModelSpec spec) {
        Optimizer byDefault = of(spec).optimizer;
        return spec.optimizer().equals(byDefault) && spec.training().learningRate() == byDefault.defaultLearningRate();
    }

    /** Returns the optimizer of a specification and where it comes from, in one line for people. */
    public static String explain(ModelSpec spec) {
        DefaultOptimizer byDefault = of(spec);
        String inUse = named(spec.optimizer(), spec.training().learningRate());
        String other = named(byDefault.optimizer, byDefault.optimizer.defaultLearningRate());
        return inUse + (isUsed(spec) ? "" : ", instead of " + other) + ": " + byDefault.reason;
    }

    private static String named(Optimizer optimizer, double learningRate) {
        StringBuilder text = new StringBuilder(optimizer.name());
        if (optimizer.hasLearningRate()) {
            text.append(", learningRate ").append(learningRate);
        }
        optimizer
                .hyperparameters()
                .forEach((name, value) ->
                        text.append(", ").append(name).append(' ').append(value));
        return text.toString();
    }
}

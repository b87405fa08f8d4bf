package io.freshet.learning.spec;

import io.freshet.learning.loss.Loss;
import io.freshet.learning.model.Linear;
import io.freshet.learning.model.Model;
import io.freshet.learning.optimizer.AdaGrad;
import io.freshet.learning.optimizer.NormalizedAdaGrad;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.optimizer.OptimizerNumbers;
import io.freshet.learning.optimizer.ScaleFree;
import io.freshet.learning.optimizer.Schedule;
import io.freshet.learning.optimizer.Sgd;
import io.freshet.learning.yaml.Mapping;
import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.Variants;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The optimizer of a specification that names none, at its default learning rate.
 *
 * <pre>
 *   linear, a loss in the unit of the label      scale-free
 *   linear, another loss
 *     all features standardized                  sgd
 *     other features                             normalized-adagrad
 *   linear, where the first of these or the last does not apply
 *     all features standardized                  sgd
 *     other features                             adagrad
 *   other models                                 adagrad
 * </pre>
 *
 * <p>A step of AdaGrad, normalized or not, moves a prediction by about the rate for each feature, so labels in the thousands are
 * never reached, and one of SGD diverges where features have outliers. The measurements are in {@code docs/results}.
 *
 * @param reason for people, in one line
 */
public record DefaultOptimizer(Optimizer optimizer, String reason) {

    /** Returns the default of a specification, whether or not it has another optimizer. */
    public static DefaultOptimizer of(ModelSpec spec) {
        ReplicaSettings replicas = spec.replicas();
        return of(spec.architecture(), spec.training().update(), replicas == null ? null : (Integer) replicas.count());
    }

    /** Returns the default of a specification while it is read. */
    static DefaultOptimizer of(Mapping in) {
        Architecture architecture = new Architecture(
                in.get("features", FeatureSpec.class), in.get("model", Model.class), 1, in.get("loss", Loss.class));
        TrainingSpec.Update update = new TrainingSpec.Update(
                new RatedOptimizer(1, new Sgd()),
                in.get("schedule", Schedule.class),
                in.get("regularization", Regularization.class),
                in.get("clip", TrainingSpec.Clip.class));
        return of(architecture, update, in.hasAround("replicas") ? 1 : null);
    }

    /**
     * @param update its own optimizer is ignored
     * @param replicas their number; null for one learner
     */
    private static DefaultOptimizer of(
            Architecture architecture, TrainingSpec.Update update, @Nullable Integer replicas) {
        Model model = architecture.model();
        Loss loss = architecture.loss();
        Optimizer adaGrad = new AdaGrad(OptimizerNumbers.EPSILON.defaultValue());
        if (!model.equals(new Linear())) {
            return new DefaultOptimizer(adaGrad, "the default of every model that is not linear");
        }
        boolean inUnit = loss.isInUnitOfLabel();
        boolean standardized = architecture.features().isStandardized();
        Optimizer plain = standardized ? new Sgd() : adaGrad;
        if (standardized && !inUnit) {
            return new DefaultOptimizer(plain, "the default of a linear model whose features are standardized");
        }
        Optimizer ahead = inUnit ? new ScaleFree() : new NormalizedAdaGrad();
        String reason = "the default of a linear model with "
                + (inUnit ? "a loss in the unit of its label" : "features that are not standardized");
        try {
            Rules.lookAhead(update.with(ahead), model, loss, replicas);
            return new DefaultOptimizer(ahead, reason);
        } catch (SpecException e) {
            return new DefaultOptimizer(plain, reason + ", where another does not apply: " + e.getMessage());
        }
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
        Map<String, Object> fields = OptimizerTable.ALL.fields(optimizer);
        fields.remove(Variants.TYPE);
        fields.forEach(
                (name, value) -> text.append(", ").append(name).append(' ').append(value));
        return text.toString();
    }
}

package io.freshet.learning;

import io.freshet.learning.loss.Loss;
import io.freshet.learning.loss.SequenceCrossEntropy;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.spec.LossTable;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.OptimizerTable;
import io.freshet.learning.spec.TrainingSpec;
import java.util.List;
import java.util.Map;

/** Specifications for tests, parsed from YAML as a user would write it. */
public final class TestSpecs {
    private TestSpecs() {}

    /**
     * Returns a model with two numbers, a category and a sparse vector, whose few buckets collide.
     *
     * @param more further lines of YAML
     */
    public static ModelSpec of(Loss loss, int outputs, String optimizer, int batchSize, String... more) {
        return ModelSpec.parse("""
                name: test
                label: y
                weight: w
                features: {numeric: [a, b], categorical: [c], sparse: [{field: s, hash: true}], hashBits: 4}
                outputs: %d
                loss: %s
                optimizer: {type: %s%s}
                batch: {size: %d}
                """.formatted(outputs, loss.name(), optimizer, rate(optimizer, 0.05), batchSize)
                + String.join("\n", more));
    }

    /** Returns every loss of the table, with its defaults. */
    public static List<Loss> losses() {
        return LossTable.ALL.names().stream().map(TestSpecs::loss).toList();
    }

    /** Returns a loss of the table by its name, with its defaults, for sequences of five steps. */
    public static Loss loss(String name) {
        return name.equals("sequence-cross-entropy")
                ? new SequenceCrossEntropy(5)
                : LossTable.ALL.read(Map.of("type", name));
    }

    /** Returns the training of a model with one number, given further lines of YAML. */
    public static TrainingSpec training(String... lines) {
        return ModelSpec.parse("""
                name: test
                label: y
                features: {numeric: [a]}
                loss: mean-squared-error
                """ + String.join("\n", lines)).training();
    }

    /** Returns an optimizer of the table, given hyperparameters such as {@code ", decay: 0.5"}. */
    public static Optimizer optimizer(String name, String hyperparameters) {
        return ofOptimizer(name, hyperparameters).optimizer();
    }

    /** Returns a model with one number and full batches, which every optimizer supports. */
    public static ModelSpec ofOptimizer(String name, String hyperparameters) {
        return ModelSpec.parse("""
                name: test
                label: y
                features: {numeric: [a]}
                loss: mean-squared-error
                optimizer: {type: %s%s}
                batch: {size: full}
                """.formatted(name, hyperparameters));
    }

    /** Returns a hyperparameter of an optimizer, to follow its type; nothing if it has no learning rate. */
    public static String rate(String optimizer, double learningRate) {
        return optimizer(optimizer, "").hasLearningRate() ? ", learningRate: " + learningRate : "";
    }

    /** Returns the names of the optimizers that step by a gradient, which support every model and batches of any size. */
    public static List<String> steppingOptimizers() {
        return OptimizerTable.ALL.names().stream()
                .map(name -> optimizer(name, ""))
                .filter(optimizer -> !optimizer.needsObjective() && !optimizer.looksAhead())
                .map(Optimizer::name)
                .toList();
    }

    /** Returns the names of the optimizers that learn a model and loss from batches of any size. */
    public static List<String> optimizers(String model, Loss loss) {
        return OptimizerTable.ALL.names().stream()
                .map(name -> optimizer(name, ""))
                .filter(optimizer -> !optimizer.needsObjective())
                .filter(optimizer ->
                        !optimizer.looksAhead() || model.equals("linear") && optimizer.lossExpectation(loss) == null)
                .map(Optimizer::name)
                .toList();
    }

    /** Returns a valid number of outputs of a loss: its minimum, but four for a loss with several outputs. */
    public static int outputs(Loss loss) {
        return Math.min(loss.maximumOutputs(), Math.max(loss.minimumOutputs(), loss.maximumOutputs() > 1 ? 4 : 1));
    }
}

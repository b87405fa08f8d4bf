package io.freshet.learning;

import io.freshet.learning.loss.Loss;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.spec.LossTable;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.OptimizerTable;
import io.freshet.learning.spec.TrainingSpec;
import java.util.List;

/** Specifications for tests, by way of their YAML, as a user would write them. */
public final class TestSpecs {
    private TestSpecs() {}

    /**
     * Returns a model of two numbers, a category and a sparse vector, which share few buckets and so collide.
     *
     * @param more lines of YAML
     */
    public static ModelSpec of(Loss loss, int outputs, String optimizer, int batchSize, String... more) {
        return ModelSpec.parse("""
                name: test
                label: y
                weight: w
                features: {numeric: [a, b], categorical: [c], sparse: [s], hashBits: 4}
                outputs: %d
                loss: %s
                optimizer: {type: %s, learningRate: 0.05}
                batch: {size: %d}
                """.formatted(outputs, loss.name(), optimizer, batchSize) + String.join("\n", more));
    }

    /** Returns every loss of the table, with its defaults. */
    public static List<Loss> losses() {
        return LossTable.names().stream().map(TestSpecs::loss).toList();
    }

    /** Returns a loss of the table by its name, with its defaults, and of sequences of five steps. */
    public static Loss loss(String name) {
        return LossTable.read(name, 5);
    }

    /** Returns how a model of one number is trained, given lines of YAML. */
    public static TrainingSpec training(String... lines) {
        return ModelSpec.parse("""
                name: test
                label: y
                features: {numeric: [a]}
                loss: mean-squared-error
                """ + String.join("\n", lines)).training();
    }

    /** Returns an optimizer of the table, given hyperparameters as {@code ", decay: 0.5"}. */
    public static Optimizer optimizer(String name, String hyperparameters) {
        return ofOptimizer(name, hyperparameters).optimizer();
    }

    /** Returns a model of one number with full batches, which every optimizer can take. */
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

    /** Returns the names of the optimizers that step by a gradient, which batches of any size can have. */
    public static List<String> steppingOptimizers() {
        return OptimizerTable.names().stream()
                .filter(name -> !optimizer(name, "").needsObjective())
                .toList();
    }

    /** Returns a number of outputs that a loss can take: its fewest, but four for many classes. */
    public static int outputs(Loss loss) {
        return Math.min(loss.maximumOutputs(), Math.max(loss.minimumOutputs(), loss.maximumOutputs() > 1 ? 4 : 1));
    }
}

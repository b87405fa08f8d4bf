package io.freshet.cli.workload;

import io.freshet.cli.demo.Examples;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import java.io.IOException;
import java.util.List;

/**
 * The flights of {@code examples}, repeated, with the model of {@code examples/delays.yaml}: three numbers, two categories, and
 * their cross.
 */
public record FlightsWorkload() implements Workload {
    @Override
    public String name() {
        return "flights";
    }

    @Override
    public String description() {
        return "3 numbers, 2 categories, and their cross; linear, 2^16 hashed coordinates, SGD";
    }

    @Override
    public ModelSpec spec() {
        try {
            return Examples.spec("delays.yaml");
        } catch (IOException e) {
            throw new IllegalStateException("examples/delays.yaml: cannot be read from the jar", e);
        }
    }

    @Override
    public int samples() {
        return 4_000_000;
    }

    /** The learning rate is constant, as in the specification. */
    @Override
    public List<String> vowpalWabbitOptions() {
        return List.of("-b", "16", "--loss_function", "logistic", "--sgd", "--power_t", "0", "-l", "0.02", "-q", "od");
    }

    @Override
    public List<String> vowpalWabbitDefaults() {
        return List.of("-b", "16", "--loss_function", "logistic", "-q", "od");
    }

    @Override
    public String lossDifference() {
        return "Same optimizer and rate. Each hashes in its own way, and only Freshet standardizes while it learns.";
    }

    @Override
    public Generator generator(RowLayout layout) throws IOException {
        return FlightsGenerator.open(layout);
    }
}

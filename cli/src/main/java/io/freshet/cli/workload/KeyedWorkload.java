package io.freshet.cli.workload;

import io.freshet.cli.demo.Examples;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import java.io.IOException;
import java.util.List;

/** The flights of {@code examples}, repeated, with the models of {@code examples/delays-by-origin.yaml}: one per airport. */
public record KeyedWorkload() implements Workload {
    @Override
    public String name() {
        return "keyed";
    }

    @Override
    public String description() {
        return "a linear model of 3 numbers and a category for each of 300 airports, SGD";
    }

    @Override
    public ModelSpec spec() {
        try {
            return Examples.spec("delays-by-origin.yaml");
        } catch (IOException e) {
            throw new IllegalStateException("examples/delays-by-origin.yaml: cannot be read from the jar", e);
        }
    }

    @Override
    public int samples() {
        return 2_000_000;
    }

    /** Vowpal Wabbit trains one model per process. */
    @Override
    public List<String> vowpalWabbitOptions() {
        return List.of();
    }

    @Override
    public List<String> vowpalWabbitDefaults() {
        return List.of();
    }

    @Override
    public String lossDifference() {
        return "";
    }

    @Override
    public Generator generator(RowLayout layout) throws IOException {
        return FlightsGenerator.open(layout);
    }
}

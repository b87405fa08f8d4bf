package io.freshet.benchmarks.workload;

import io.freshet.cli.dev.Examples;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;

/** Samples to measure with, and the model that learns them. The same in each run. */
public enum Workload {
    /** The flights of {@code examples}, repeated, with the model there. The learning rate of both is constant. */
    FLIGHTS(
            "3 numbers, 2 categories, and their cross; linear, 2^16 hashed coordinates, SGD",
            "delays.yaml",
            4_000_000,
            "-b 16 --loss_function logistic --sgd --power_t 0 -l 0.02 -q od",
            "-b 16 --loss_function logistic -q od",
            "Same optimizer and rate. Each hashes in its own way, and only Freshet standardizes while it learns.",
            FlightsGenerator::open),
    /** Vowpal Wabbit already learns them with its defaults. */
    SPARSE(
            "32 of 10^6 sparse features; linear, 2^18 rows of parameters, the defaults of both",
            """
            name: bench-sparse
            label: label
            features: {sparse: [features]}
            loss: binary-cross-entropy
            publish: {everySamples: 100000, everyMillis: 5000}
            """,
            2_000_000,
            "-b 18 --loss_function logistic",
            "",
            "Same algorithm and rows. Vowpal Wabbit approximates square roots, and its constant shares a row.",
            SparseGenerator::new),
    /** The model is linear: a network would measure matrix products rather than the path of the samples. */
    DENSE(
            "784 dense numbers; linear, AdaGrad",
            """
            name: bench-dense
            label: label
            features: {dense: {field: pixels, length: 784, divide: 255}}
            loss: binary-cross-entropy
            optimizer: {type: adagrad, learningRate: 0.01}
            """,
            200_000,
            "-b 10 --loss_function logistic --adaptive -l 0.01",
            "-b 10 --loss_function logistic",
            "Same optimizer and rate. Vowpal Wabbit approximates square roots, and its constant shares a feature's row.",
            DenseGenerator::new),
    /** The flights with a model for each airport. Vowpal Wabbit trains one model per process. */
    KEYED(
            "a linear model of 3 numbers and a category for each of 300 airports, SGD",
            "delays-by-origin.yaml",
            2_000_000,
            "",
            "",
            "",
            FlightsGenerator::open);

    private final String description;
    private final String spec;
    private final int samples;
    private final String vowpalWabbitOptions;
    private final String vowpalWabbitDefaults;
    private final String lossDifference;
    private final Start start;

    /** @param spec as YAML, or a file of {@code examples} */
    Workload(
            String description,
            String spec,
            int samples,
            String vowpalWabbitOptions,
            String vowpalWabbitDefaults,
            String lossDifference,
            Start start) {
        this.description = description;
        this.spec = spec;
        this.samples = samples;
        this.vowpalWabbitOptions = vowpalWabbitOptions;
        this.vowpalWabbitDefaults = vowpalWabbitDefaults;
        this.lossDifference = lossDifference;
        this.start = start;
    }

    /** Generates samples one after the other. */
    public interface Generator {
        /** Replaces the fields of a row by those of the next sample. */
        void next(Row row);

        /** Appends the sample last generated as a line of Vowpal Wabbit's text format. */
        void appendVowpalWabbit(StringBuilder line);
    }

    private interface Start {
        Generator generator(RowLayout layout) throws IOException;
    }

    /** Returns the name, which is also that of the option's value. */
    public String option() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns a short description of a sample and the model. */
    public String description() {
        return description;
    }

    public ModelSpec spec() {
        try {
            return spec.endsWith(".yaml") ? Examples.spec(spec) : ModelSpec.parse(spec);
        } catch (IOException e) {
            throw new UncheckedIOException("examples/" + spec + ": cannot be read from the jar", e);
        }
    }

    /** Returns the default number of samples. */
    public int samples() {
        return samples;
    }

    /** Returns the options with which Vowpal Wabbit trains the same model; empty if it has no such model. */
    public List<String> vowpalWabbitOptions() {
        return words(vowpalWabbitOptions);
    }

    /** Returns the options with which it trains that model with the optimizer and rate of its defaults; empty if those are the same. */
    public List<String> vowpalWabbitDefaults() {
        return words(vowpalWabbitDefaults);
    }

    /** Returns why its loss with {@link #vowpalWabbitOptions} differs, as a sentence; empty if it has no such model. */
    public String lossDifference() {
        return lossDifference;
    }

    /** Starts generating samples, from the first. */
    public Generator generator(RowLayout layout) throws IOException {
        return start.generator(layout);
    }

    private static List<String> words(String options) {
        return options.isEmpty() ? List.of() : List.of(options.split(" "));
    }
}

package io.freshet.benchmarks.replicas;

import io.freshet.cli.input.Format;
import io.freshet.cli.input.RowReader;
import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A public data set and the model that learns it. */
enum DataSet {
    /** 90,000 flights in the order of time, tested on the 10,000 after them. */
    FLIGHTS("flights.csv.gz", "", 1, "sgd, learningRate: 0.02", """
            name: flights
            label: delayed
            features:
              numeric: [minute_of_day, day_of_week, distance_miles]
              categorical: [origin, destination]
              cross: [[origin, destination]]
              hashBits: 16
            loss: binary-cross-entropy
            """),

    /** 1,000 articles ten times, tested on 500 others. */
    RCV1("rcv1_small.train.svm.gz", "rcv1_small.test.svm.gz", 10, "adagrad, learningRate: 0.3", """
            name: rcv1
            label: label
            features: {sparse: [{field: features, hash: true}], hashBits: 18}
            loss: binary-cross-entropy
            """),

    /** 60,000 images, tested on 10,000 others. */
    FASHION("fashion_mnist.train.csv.gz", "fashion_mnist.test.csv.gz", 1, "adam, learningRate: 0.001", """
            name: fashion
            label: label
            features: {dense: {field: p*, length: 784, divide: 255}}
            model: {type: mlp, hidden: [128], activation: relu}
            outputs: 10
            loss: sparse-categorical-cross-entropy
            batch: 32
            """),

    /** The same images, and a network of 784-512-128-10. */
    FASHION_LARGE("fashion_mnist.train.csv.gz", "fashion_mnist.test.csv.gz", 1, "adam, learningRate: 0.001", """
            name: fashion_large
            label: label
            features: {dense: {field: p*, length: 784, divide: 255}}
            model: {type: mlp, hidden: [512, 128], activation: relu}
            outputs: 10
            loss: sparse-categorical-cross-entropy
            batch: 32
            """);

    /** As many as a topic with 64 partitions has. */
    private static final int PARTITIONS = 64;

    private static final double TESTED_SHARE = 0.1;

    private final String trainFile;
    private final String testFile;
    private final int passes;
    private final String optimizer;
    private final String yaml;

    /**
     * @param testFile "" to test on the last tenth of the samples
     * @param optimizer its type and hyperparameters in YAML
     */
    DataSet(String trainFile, String testFile, int passes, String optimizer, String yaml) {
        this.trainFile = trainFile;
        this.testFile = testFile;
        this.passes = passes;
        this.optimizer = optimizer;
        this.yaml = yaml;
    }

    /**
     * Samples to learn, in order, and samples to test on.
     *
     * @param train dealt to the partitions in turn
     */
    record Samples(List<Sample> train, List<Sample> test) {}

    /** @param other optimizer and hyperparameters in YAML; "" for the default */
    ModelSpec spec(String other) {
        return ModelSpec.parse(yaml + "optimizer: {type: " + (other.isEmpty() ? optimizer : other) + "}\n");
    }

    Samples read(Path folder, ModelSpec spec) throws IOException, InvalidSampleException {
        List<Sample> all = read(folder.resolve(trainFile), spec, passes);
        if (!testFile.isEmpty()) {
            return new Samples(all, read(folder.resolve(testFile), spec, 1));
        }
        int tested = (int) (all.size() * TESTED_SHARE);
        return new Samples(all.subList(0, all.size() - tested), all.subList(all.size() - tested, all.size()));
    }

    private static List<Sample> read(Path file, ModelSpec spec, int passes) throws IOException, InvalidSampleException {
        RowLayout layout = RowLayout.of(List.of(spec));
        FeatureEncoder encoder = new FeatureEncoder(spec, layout);
        List<Sample> samples = new ArrayList<>();
        for (int pass = 0; pass < passes; pass++) {
            Row row = new Row(layout);
            try (RowReader reader = RowReader.open(file, Format.of(file, null, "--format"), layout)) {
                while (reader.next(row)) {
                    int number = samples.size();
                    samples.add(encoder.encode(row, number % PARTITIONS, number / PARTITIONS));
                }
            }
        }
        return samples;
    }
}

package io.freshet.schemas;

import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.encode.HashedNames;
import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.LearnerStateCodec;
import io.freshet.learning.learner.RejectedSamples;
import io.freshet.learning.predict.Predictor;
import io.freshet.learning.predict.Scorer;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.snapshot.SnapshotFile;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The code that docs/library.md shows in parts; {@link LibraryDocsTest} compares them, and runs it. */
final class LibraryExample {
    private static final ModelSpec SPEC = ModelSpec.parse("""
            name: delays
            label: delayed
            features:
              numeric: [minute_of_day, day_of_week, distance_miles]
              categorical: [origin, destination]
              cross: [[origin, destination]]
              hashBits: 16
            loss: binary-cross-entropy
            optimizer: {type: sgd, learningRate: 0.02}
            """);

    private final RowLayout layout = RowLayout.of(List.of(SPEC));
    private final FeatureEncoder encoder = new FeatureEncoder(SPEC, layout);
    private final Row row = new Row(layout);

    private final Learner learner = new Learner(SPEC);
    private LearnerState state = learner.start();

    LearnerState state() {
        return state;
    }

    /** Fills the row with a flight: date, minute_of_day, day_of_week, distance_miles, origin, destination, delay, delayed. */
    Row read(String line) {
        String[] cells = line.split(",");
        row.clear();
        row.number(layout.number("minute_of_day"), Double.parseDouble(cells[1]));
        row.number(layout.number("day_of_week"), Double.parseDouble(cells[2]));
        row.number(layout.number("distance_miles"), Double.parseDouble(cells[3]));
        row.copyText(layout.text("origin"), cells[4]);
        row.copyText(layout.text("destination"), cells[5]);
        row.number(layout.number("delayed"), Double.parseDouble(cells[7]));
        return row;
    }

    void learn(String line, long offset) {
        Sample sample;
        try {
            sample = encoder.encode(read(line), 0, offset); // partition 0
        } catch (InvalidSampleException e) {
            System.err.println("line " + offset + ": " + e.getMessage());
            return;
        }
        learner.learn(state, sample);
        RejectedSamples rejections = learner.rejections();
        for (int i = 0; i < rejections.count(); i++) {
            System.err.println("line " + rejections.offset(i) + ": " + rejections.reason(i));
        }
        if (state.window().samples() >= SPEC.window()) {
            learner.nextWindow(state, () -> print("window", state.window().metrics()));
        }
    }

    void finish() {
        learner.finish(state, () -> {});
        print("all", state.total().metrics());
    }

    static void print(String what, Metrics metrics) {
        System.out.printf(Locale.ROOT, "%s: log loss %.3f, AUC %.3f%n", what, metrics.loss(), metrics.get(Metric.AUC));
    }

    void save(Path file) throws IOException {
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            LearnerStateCodec.write(state, out);
        }
    }

    void restore(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            state = LearnerStateCodec.read(in);
        }
    }

    Snapshot snapshot() {
        return learner.snapshot(state, "");
    }

    float predict(Snapshot snapshot, String line) throws InvalidSampleException {
        Predictor predictor = new Predictor(snapshot);
        return predictor.predict(encoder.encodeFeatures(read(line)))[0];
    }

    Metrics score(Snapshot snapshot, List<String> lines) throws InvalidSampleException {
        List<Sample> samples = new ArrayList<>();
        for (String line : lines) {
            samples.add(encoder.encode(read(line), 0, 0));
        }
        Scorer scorer = new Scorer(SPEC);
        scorer.predict(snapshot, samples); // returns the predictions
        return scorer.tally().metrics();
    }

    static void publish(Snapshot snapshot, Path file) throws IOException {
        PublishedSnapshot published = new SnapshotCodec()
                .publish(snapshot, SnapshotCodec.NO_PARENT, "flights.csv", System.currentTimeMillis(), "my service");
        SnapshotFile.write(file, List.of(published));
    }

    static Snapshot open(Path file) throws IOException, MalformedRecordException {
        return SnapshotFile.read(file).get(0).snapshot();
    }

    Map<String, Float> weights(Snapshot snapshot, String line) throws InvalidSampleException {
        int first = SPEC.features().rows() - SPEC.features().buckets();
        Map<String, Float> weights = new TreeMap<>();
        new HashedNames(SPEC, layout).read(read(line), new HashedNames.Listener() {
            @Override
            public boolean wants(int bucket) {
                return true;
            }

            @Override
            public void add(int bucket, String name) {
                weights.put(name, snapshot.parameters()[first + bucket]);
            }
        });
        return weights;
    }
}

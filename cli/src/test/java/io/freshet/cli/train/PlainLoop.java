package io.freshet.cli.train;

import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.math.Permutation;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.snapshot.FloatBytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

/** The expected result of a bounded run: one loop over the rows of a numeric file, without Kafka and Flink. */
record PlainLoop(ModelSpec spec, List<String> lines) {
    /** Returns the state after all epochs. */
    LearnerState run() throws InvalidSampleException {
        RowLayout layout = RowLayout.of(List.of(spec));
        Row row = new Row(layout);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        FeatureEncoder encoder = new FeatureEncoder(spec, layout);
        int count = lines.size() - 1;
        boolean full = spec.training().batch().isFull();
        for (int epoch = 0; epoch < (full ? 1 : spec.training().epochs()); epoch++) {
            int[] order = spec.training().shuffle()
                    ? Permutation.of(spec.seed(), epoch, count)
                    : IntStream.range(0, count).toArray();
            for (int i : order) {
                fill(row, layout, lines.get(i + 1).split(",", -1));
                row.id(Integer.toString(i + 1));
                row.epoch(epoch);
                learner.learn(state, encoder.encode(row, 0, 0));
            }
        }
        learner.finish(state, () -> {});
        return state;
    }

    /** Returns the SHA-256 of the parameters, as in a report. */
    String parametersSha256() throws InvalidSampleException, NoSuchAlgorithmException {
        float[] parameters = new Learner(spec).snapshot(run(), "").parameters();
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(FloatBytes.write(parameters, 0, parameters.length));
        return HexFormat.of().formatHex(digest.digest());
    }

    private void fill(Row row, RowLayout layout, String[] fields) {
        List<String> header = List.of(lines.get(0).split(",", -1));
        row.clear();
        for (String name : layout.numbers()) {
            row.number(layout.number(name), Double.parseDouble(fields[header.indexOf(name)]));
        }
        for (String name : layout.vectors()) {
            int first = header.indexOf(RowLayout.wireName(name) + 0);
            int length = 0;
            while (header.contains(RowLayout.wireName(name) + length)) {
                length++;
            }
            float[] vector = row.vector(layout.vector(name), length);
            for (int i = 0; i < length; i++) {
                vector[i] = Float.parseFloat(fields[first + i]);
            }
        }
    }
}

package io.freshet.cli.local;

import io.freshet.cli.CommandException;
import io.freshet.cli.input.Format;
import io.freshet.cli.input.RowReader;
import io.freshet.cli.tools.SampleProducer;
import io.freshet.learning.features.BadSampleException;
import io.freshet.learning.features.FeatureEncoder;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.RowEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Sends the rows of a file to the samples topic, in the file's order, and those that one of the models could not
 * learn to the dead letters with their row and reason: all of the models learn the same rows.
 *
 * @param file to read
 * @param format of it
 * @param specs of the models that will learn it
 */
record FileFeed(Path file, Format format, List<ModelSpec> specs) {
    /**
     * What was sent.
     *
     * @param samples rows that were sent, all epochs together
     * @param rejected rows of the file that are bad
     * @param firstReason why the first bad row is bad, with its number; "" if there is none
     */
    record Sent(long samples, long rejected, String firstReason) {}

    /** Sends the file {@code epochs} times over; returns when Kafka has all of it. */
    Sent send(SampleProducer producer, int epochs) throws IOException, CommandException {
        RowLayout layout = RowLayout.of(specs);
        List<FeatureEncoder> checks =
                specs.stream().map(spec -> new FeatureEncoder(spec, layout)).toList();
        RowEncoder encoder = new RowEncoder(layout);
        Row row = new Row(layout);
        long samples = 0;
        long rejected = 0;
        String firstReason = "";
        for (int epoch = 0; epoch < epochs; epoch++) {
            try (RowReader reader = RowReader.open(file, format, layout)) {
                while (true) {
                    try {
                        if (!reader.next(row)) {
                            break;
                        }
                        for (FeatureEncoder check : checks) {
                            check.encode(row, 0, samples);
                        }
                        producer.send(null, encoder.encode(row, ""));
                        samples++;
                    } catch (BadSampleException e) {
                        String reason = String.valueOf(e.getMessage());
                        if (epoch == 0) {
                            producer.reject(reader.row(), reader.raw(), reason);
                            firstReason = rejected++ == 0 ? "row " + reader.row() + ": " + reason : firstReason;
                        }
                    }
                }
            }
        }
        producer.flush();
        return new Sent(samples, rejected, firstReason);
    }
}

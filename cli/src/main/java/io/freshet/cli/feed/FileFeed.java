package io.freshet.cli.feed;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.input.Format;
import io.freshet.cli.input.RowReader;
import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.sample.RowEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Sends the rows of a file to the samples topic, pass after pass, and those that a model could not learn to the dead
 * letters with their row and reason.
 *
 * <p>A pass is in file order, or in an order drawn from seed and epoch; then the rows stay in memory.
 * Where a model holds out samples by the record's id, that is the number of the row: the same in each pass.
 *
 * <p>All rows have one event time, when the file was last written, so that what is learned of them depends neither on a
 * clock nor on how fast they are sent.
 *
 * @param file to read
 * @param format of it
 * @param specs of the models that will learn it
 */
public record FileFeed(Path file, Format format, List<ModelSpec> specs) {
    /**
     * What was sent.
     *
     * @param rows of the file that were sent, in each pass
     * @param heldOut how many of them each model holds out
     * @param rejected rows of the file that are bad
     * @param firstReason why the first bad row is bad, with its number; "" if there is none
     */
    public record Sent(long rows, List<Long> heldOut, long rejected, String firstReason) {
        /** Returns how many samples a model is to learn. */
        public long learnable(int model, int epochs) {
            return (rows - heldOut.get(model)) * epochs;
        }
    }

    /** Sends the file; returns when all of it is where it should be. */
    public Sent send(SampleSink producer, EpochPlan passes) throws IOException, CommandException {
        CachedSamples kept = new CachedSamples(file, Runtime.getRuntime().maxMemory() / 4);
        Target target = passes.shuffle() ? kept::add : sample -> producer.send(null, sample);
        Sent sent = read(0, target, producer);
        for (int epoch = 0; epoch < passes.sent(); epoch++) {
            if (passes.shuffle()) {
                kept.send(producer, passes.seed(), epoch);
            } else if (epoch > 0) {
                read(epoch, target, producer);
            }
        }
        producer.flush();
        return sent;
    }

    /** Where the samples of a pass go. */
    private interface Target {
        void take(byte[] sample) throws InvalidSampleException, CommandException;
    }

    private Sent read(int epoch, Target target, SampleSink producer) throws IOException, CommandException {
        RowLayout layout = RowLayout.of(specs);
        List<FeatureEncoder> checks =
                specs.stream().map(spec -> new FeatureEncoder(spec, layout)).toList();
        boolean numbered = specs.stream().anyMatch(ModelSpec::needsRecordId);
        RowEncoder encoder = new RowEncoder(layout);
        Row row = new Row(layout);
        long rows = 0;
        long[] heldOut = new long[checks.size()];
        long rejected = 0;
        String firstReason = "";
        try (RowReader reader = RowReader.open(file, format, layout)) {
            // 0 would be the time at which each row is sent.
            long eventTime = Math.max(1, Files.getLastModifiedTime(file).toMillis());
            boolean more = true;
            while (more) {
                try {
                    more = reader.next(row);
                    if (more) {
                        row.epoch(epoch);
                        row.eventTime(eventTime);
                        if (numbered) {
                            row.id(Long.toString(reader.row()));
                        }
                        boolean[] held = check(checks, row);
                        target.take(encoder.encode(row, ""));
                        rows++;
                        for (int i = 0; i < held.length; i++) {
                            heldOut[i] += held[i] ? 1 : 0;
                        }
                    }
                } catch (InvalidSampleException e) {
                    String reason = String.valueOf(e.getMessage());
                    if (epoch == 0) {
                        producer.reject(reader.row(), reader.raw(), reason);
                        firstReason = rejected++ == 0 ? "row " + reader.row() + ": " + reason : firstReason;
                    }
                }
            }
        }
        return new Sent(rows, Arrays.stream(heldOut).boxed().toList(), rejected, firstReason);
    }

    /** Returns which models hold the row out; refuses one that a model cannot learn. */
    private static boolean[] check(List<FeatureEncoder> checks, Row row) throws InvalidSampleException {
        boolean[] held = new boolean[checks.size()];
        for (int i = 0; i < held.length; i++) {
            held[i] = checks.get(i).encode(row, 0, 0).holdout();
        }
        return held;
    }
}

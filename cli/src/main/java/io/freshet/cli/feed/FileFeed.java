package io.freshet.cli.feed;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.input.RowFiles;
import io.freshet.cli.input.RowReader;
import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.sample.RowEncoder;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Sends the rows of files to the samples topic, once per epoch. A row that some model cannot learn, or that would
 * be too long in some epoch, is rejected with its number and the reason.
 *
 * <p>An epoch is in the order of the files, or in an order drawn from seed and epoch number. Later epochs send the samples of the
 * first one, which stay in memory; if they do not fit, the files are read again, unless their order is drawn. If a model holds out
 * samples by record id, the id is the row number, the same in each epoch.
 *
 * <p>The event time of all rows is the latest modification time of the files, so the learned parameters depend neither on a clock
 * nor on the sending rate.
 *
 * @param specs specifications of the models that will learn the rows
 */
public record FileFeed(RowFiles files, List<ModelSpec> specs) {
    /**
     * The result of sending the files.
     *
     * @param rows that were sent in each epoch
     * @param heldOut held-out rows of each model
     * @param notices about labels that were not read as they were written, and about what was detected
     */
    public record Sent(SentRows rows, List<Long> heldOut, List<String> notices) {
        /** Returns the number of samples that a model learns. */
        public long learnable(int model, int epochs) {
            return (rows.valid() - heldOut.get(model)) * epochs;
        }
    }

    /** Sends the files, and waits until everything is delivered. */
    public Sent send(SampleSink sink, EpochPlan plan) throws IOException, CommandException {
        return send(sink, plan, Runtime.getRuntime().maxMemory() / 4);
    }

    /** @param cacheBytes largest memory for samples that are sent again, or in an order of their own */
    Sent send(SampleSink sink, EpochPlan plan, long cacheBytes) throws IOException, CommandException {
        CachedSamples cache = new CachedSamples(files, plan, cacheBytes);
        SampleTarget toSink = (sample, epochAt) -> sink.send(null, sample);
        SampleTarget toCache = (sample, epochAt) -> {
            sink.requireRunning();
            cache.add(sample, epochAt);
            if (!plan.shuffle()) {
                sink.send(null, sample);
            }
        };
        boolean cached = plan.shuffle() || plan.sent() > 1;
        Sent sent = read(0, plan, cached ? toCache : toSink, sink);
        int first = plan.shuffle() ? 0 : 1;
        sink.requireSpace(cache.bytes(), plan.sent() - first);
        for (int epoch = first; epoch < plan.sent(); epoch++) {
            if (cache.isComplete()) {
                cache.send(sink, epoch);
            } else {
                read(epoch, plan, toSink, sink);
            }
        }
        sink.flush();
        return sent;
    }

    private interface SampleTarget {
        void accept(byte[] sample, int epochAt) throws InvalidSampleException, CommandException;
    }

    private Sent read(int epoch, EpochPlan plan, SampleTarget target, SampleSink sink)
            throws IOException, CommandException {
        SampleRow row = SampleRow.of(specs);
        List<FeatureEncoder> modelEncoders = specs.stream()
                .map(spec -> new FeatureEncoder(spec, row.layout()))
                .toList();
        SentRows rows = new SentRows(plan);
        long[] heldOut = new long[modelEncoders.size()];
        String detected;
        try (RowReader reader = files.open(row.layout())) {
            detected = reader.notice();
            // 0 would stand for the time of sending.
            long eventTime = Math.max(1, files.lastModifiedMillis());
            int room = RowEncoder.epochBytes(plan.sent() - 1) - RowEncoder.epochBytes(epoch);
            boolean more = true;
            while (more) {
                try {
                    more = row.next(reader, epoch);
                    if (more) {
                        boolean[] isHeldOut = isHeldOut(modelEncoders, row.fields());
                        byte[] sample = row.encode(eventTime, "");
                        SampleProducer.requireLength(sample.length + room);
                        target.accept(sample, row.encoder().epochAt());
                        rows.addValid();
                        for (int i = 0; i < isHeldOut.length; i++) {
                            heldOut[i] += isHeldOut[i] ? 1 : 0;
                        }
                    }
                } catch (InvalidSampleException e) {
                    rows.addInvalid(reader.row());
                    if (epoch == 0) {
                        sink.reject(reader.row(), reader.raw(), String.valueOf(e.getMessage()));
                    }
                }
            }
        }
        List<String> notices = Stream.concat(
                        Stream.of(detected), modelEncoders.stream().map(FeatureEncoder::labelNotice))
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        return new Sent(rows, Arrays.stream(heldOut).boxed().toList(), notices);
    }

    /**
     * Returns whether each model holds out the row.
     *
     * @throws InvalidSampleException if some model cannot learn it
     */
    private static boolean[] isHeldOut(List<FeatureEncoder> modelEncoders, Row row) throws InvalidSampleException {
        boolean[] isHeldOut = new boolean[modelEncoders.size()];
        for (int i = 0; i < isHeldOut.length; i++) {
            isHeldOut[i] = modelEncoders.get(i).encode(row, 0, 0).holdout();
        }
        return isHeldOut;
    }
}

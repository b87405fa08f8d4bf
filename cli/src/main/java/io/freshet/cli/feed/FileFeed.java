package io.freshet.cli.feed;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.input.RowFiles;
import io.freshet.cli.input.RowReader;
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
 * Sends the rows of files to the samples topic, once per epoch. A row that some model of those that
 * select it cannot learn, or that would be too long in some epoch, is rejected with its number and the reason, so that all of
 * these models learn the same rows.
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
     * @param skipped rows that are not each model's
     * @param notices about labels that were not read as they were written, and about what was detected
     */
    public record Sent(SentRows rows, List<Long> heldOut, List<Long> skipped, List<String> notices) {
        /** Returns the number of samples that a model learns. */
        public long learnable(int model, int epochs) {
            return (rows.valid() - heldOut.get(model) - skipped.get(model)) * epochs;
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
        List<RowCheck> models =
                specs.stream().map(spec -> new RowCheck(spec, row.layout())).toList();
        SentRows rows = new SentRows(plan);
        long[] heldOut = new long[models.size()];
        long[] skipped = new long[models.size()];
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
                        Use[] uses = uses(models, row.fields(), reader.faults());
                        byte[] sample = row.encode(eventTime, "");
                        SampleProducer.requireLength(sample.length + room);
                        target.accept(sample, row.encoder().epochAt());
                        rows.addValid();
                        for (int i = 0; i < uses.length; i++) {
                            heldOut[i] += uses[i] == Use.HOLD_OUT ? 1 : 0;
                            skipped[i] += uses[i] == Use.SKIP ? 1 : 0;
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
                        Stream.of(detected), models.stream().map(RowCheck::labelNotice))
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        return new Sent(
                rows,
                Arrays.stream(heldOut).boxed().toList(),
                Arrays.stream(skipped).boxed().toList(),
                notices);
    }

    /** What a model does with a row. */
    private enum Use {
        LEARN,
        HOLD_OUT,
        SKIP
    }

    /**
     * Returns what each model does with the row.
     *
     * @throws InvalidSampleException if a model that does not skip it cannot learn it
     */
    private static Use[] uses(List<RowCheck> models, Row row, List<InvalidSampleException> faults)
            throws InvalidSampleException {
        Use[] uses = new Use[models.size()];
        for (int i = 0; i < uses.length; i++) {
            RowCheck model = models.get(i);
            if (!model.selects(row)) {
                uses[i] = Use.SKIP;
            } else {
                uses[i] = model.sample(row, faults).holdout() ? Use.HOLD_OUT : Use.LEARN;
            }
        }
        return uses;
    }
}

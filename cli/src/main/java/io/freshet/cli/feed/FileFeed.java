package io.freshet.cli.feed;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.input.RowFiles;
import io.freshet.cli.input.RowReader;
import io.freshet.job.record.KeyedSample;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.ReplicaSettings;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of files as samples, once per epoch. A row that some model of those that select it cannot learn is rejected with
 * its number and the reason, so that all of these models learn the same rows.
 *
 * <p>An epoch is in the order of the files, or in an order drawn from seed and epoch number. Later epochs pass the samples of the
 * first one, which stay in memory; if they do not fit, the files are read again, unless their order is drawn. If a model holds out
 * samples by record id, the id is the row number, the same in each epoch.
 *
 * <p>Samples of rows that some model selects are numbered as if they had been sent to a topic with a partition for each replica, one to each partition in turn. The
 * event time of all rows is the latest modification time of the files, so the learned parameters depend on no clock.
 *
 * @param specs specifications of the models that learn the rows
 */
public record FileFeed(RowFiles files, List<ModelSpec> specs) {
    /**
     * What files hold.
     *
     * @param rows of the files
     * @param heldOut held-out rows of each model
     * @param skipped rows that are not each model's
     * @param notices about labels that were not read as they were written, and about what was detected
     */
    public record Summary(FileRows rows, List<Long> heldOut, List<Long> skipped, List<String> notices) {
        /** Returns the number of samples that a model learns. */
        public long learnable(int model, int epochs) {
            return (rows.valid() - heldOut.get(model) - skipped.get(model)) * epochs;
        }
    }

    /** Returns the number of partitions that the samples are dealt to: one for each replica. */
    public int partitions() {
        return specs.stream()
                .map(ModelSpec::replicas)
                .filter(Objects::nonNull)
                .mapToInt(ReplicaSettings::count)
                .max()
                .orElse(1);
    }

    /** Passes the samples of all epochs. */
    public void read(SampleSink sink, EpochPlan plan) throws IOException, CommandException {
        read(sink, plan, Runtime.getRuntime().maxMemory() / 4);
    }

    /** @param cacheBytes largest memory for samples that are passed again, or in an order of their own */
    void read(SampleSink sink, EpochPlan plan, long cacheBytes) throws IOException, CommandException {
        CachedSamples cache = plan.shuffle() || plan.passes() > 1 ? new CachedSamples(files, plan, cacheBytes) : null;
        Pass first = new Pass(plan, sink, 0, 0, cache);
        sink.start(first.rows, first.row.fields());
        Summary summary = first.run();
        sink.read(summary);
        for (int epoch = plan.shuffle() ? 0 : 1; epoch < plan.passes(); epoch++) {
            if (cache != null && cache.isComplete()) {
                cache.pass(sink, epoch, partitions());
            } else {
                new Pass(plan, sink, epoch, epoch * summary.rows().passed(), null).run();
            }
        }
    }

    /** Reads the files once. */
    private final class Pass {
        private final EpochPlan plan;
        private final SampleSink sink;
        private final int epoch;
        private final long start;
        private final @Nullable CachedSamples cache;
        private final long eventTime;
        private final int partitions = partitions();
        private final SampleRow row = SampleRow.of(specs);
        private final List<RowCheck> models =
                specs.stream().map(spec -> new RowCheck(spec, row.layout())).toList();
        private final FileRows rows;
        private final long[] heldOut = new long[specs.size()];
        private final long[] skipped = new long[specs.size()];

        /**
         * @param start number of rows passed before
         * @param cache receives the samples; null for none
         */
        Pass(EpochPlan plan, SampleSink sink, int epoch, long start, @Nullable CachedSamples cache) throws IOException {
            this.plan = plan;
            this.sink = sink;
            this.epoch = epoch;
            this.start = start;
            this.cache = cache;
            // 0 would stand for an unknown time.
            eventTime = Math.max(1, files.lastModifiedMillis());
            rows = new FileRows(plan);
        }

        Summary run() throws IOException, CommandException {
            String detected;
            try (RowReader reader = files.open(row.layout())) {
                detected = reader.notice();
                boolean more = true;
                while (more) {
                    try {
                        more = row.next(reader, epoch);
                        if (more) {
                            row.fields().eventTime(eventTime);
                            pass(reader, samples(reader.faults()));
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
            return new Summary(
                    rows,
                    Arrays.stream(heldOut).boxed().toList(),
                    Arrays.stream(skipped).boxed().toList(),
                    notices);
        }

        /**
         * Returns the current row as a sample of each model, null for a model that skips it.
         *
         * @throws InvalidSampleException if a model that does not skip the row cannot learn it
         */
        private @Nullable Sample[] samples(List<InvalidSampleException> faults) throws InvalidSampleException {
            long place = start + rows.passed();
            @Nullable Sample[] samples = new Sample[specs.size()];
            for (int i = 0; i < samples.length; i++) {
                RowCheck model = models.get(i);
                if (model.selects(row.fields())) {
                    samples[i] = model.sample(row.fields(), faults, (int) (place % partitions), place / partitions);
                }
            }
            return samples;
        }

        /** Passes the samples of a valid row to the models for which it has a valid key. */
        private void pass(RowReader reader, @Nullable Sample[] samples) throws CommandException {
            boolean selected = Arrays.stream(samples).anyMatch(Objects::nonNull);
            if (selected) {
                rows.addPassed();
            } else {
                rows.addUnselected(reader.row());
            }
            @Nullable KeyedSample[] keyed = new KeyedSample[samples.length];
            for (int i = 0; i < samples.length; i++) {
                Sample sample = samples[i];
                skipped[i] += sample == null ? 1 : 0;
                heldOut[i] += sample != null && sample.holdout() ? 1 : 0;
                keyed[i] = sample == null ? null : keyed(reader, i, sample);
            }
            if (cache != null && selected) {
                cache.add(keyed);
            }
            if (!plan.shuffle()) {
                for (int i = 0; i < keyed.length; i++) {
                    KeyedSample sample = keyed[i];
                    if (sample != null) {
                        sink.accept(i, sample);
                    }
                }
            }
        }

        private @Nullable KeyedSample keyed(RowReader reader, int model, Sample sample) {
            try {
                models.get(model).requireKey(row.fields(), reader.faults());
                return models.get(model).keyed(row.fields(), sample);
            } catch (InvalidSampleException e) {
                if (epoch == 0) {
                    sink.rejectKey(reader.row(), model, String.valueOf(e.getMessage()));
                }
                return null;
            }
        }
    }
}

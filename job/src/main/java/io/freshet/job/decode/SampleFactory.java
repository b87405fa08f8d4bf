package io.freshet.job.decode;

import io.freshet.job.observe.RejectionCounters.Reason;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.ModelKey;
import io.freshet.job.record.RecordHeaders;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.specs.ModelFailure;
import io.freshet.job.specs.RefusedSpec;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.ReplicaSettings;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import io.freshet.schemas.sample.RecordDecoder;
import io.freshet.schemas.sample.RecordFormat;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes samples of records: decodes each record once, and encodes it for every model that it is for. A record that names a
 * model is for that one. Any other is for the models whose {@code when} selects it, and the rest skip it. The job and the tools
 * that read its samples topic all use this class, so they accept, skip, and reject the same records. Not thread-safe.
 */
public final class SampleFactory {
    private final RowLayout layout;
    private final RecordDecoder decoder;
    private final Row row;
    private final ModelEncoder[] encoders;
    private final RefusedSpec[] refused;
    private final Rejections rejections;
    private final List<KeyedSample> samples = new ArrayList<>();
    private int skipped;

    /** Receives why a record is rejected, by all models or by one. */
    interface Rejections {
        /** @param model that rejects the record, or "" for all */
        void reject(SourceRecord record, Reason reason, String model, String message);
    }

    /** Creates a factory that skips what the job rejects. */
    public SampleFactory(RecordFormat format, List<ModelSpec> specs) {
        this(format, specs, replicas(specs), List.of(), (record, reason, model, message) -> {});
    }

    private static Map<String, List<String>> replicas(List<ModelSpec> specs) {
        Map<String, List<String>> keys = new HashMap<>();
        for (ModelSpec spec : specs) {
            ReplicaSettings replicas = spec.replicas();
            if (replicas != null) {
                keys.put(spec.name(), ModelKey.ofReplicas(spec.name(), replicas.count()));
            }
        }
        return keys;
    }

    /**
     * @param replicas model keys of the replicas of each model that has any
     * @param refused specifications that this version refuses; each rejects its samples
     */
    SampleFactory(
            RecordFormat format,
            List<ModelSpec> specs,
            Map<String, List<String>> replicas,
            List<RefusedSpec> refused,
            Rejections rejections) {
        layout = RowLayout.of(specs);
        decoder = format.decoder(layout);
        row = new Row(layout);
        encoders = specs.stream()
                .map(spec -> new ModelEncoder(spec, layout, replicas.getOrDefault(spec.name(), List.of())))
                .toArray(ModelEncoder[]::new);
        this.refused = refused.toArray(RefusedSpec[]::new);
        this.rejections = rejections;
    }

    /**
     * Returns the samples of a record, in the order of the models. The next call reuses the list.
     *
     * @throws UncheckedIOException if the schema registry fails, which tools report
     */
    List<KeyedSample> encode(SourceRecord record) {
        samples.clear();
        skipped = 0;
        String target = decode(record);
        if (target == null) {
            return samples;
        }
        boolean known = target.isEmpty();
        for (ModelEncoder encoder : encoders) {
            boolean addressed = isFor(encoder.name(), target);
            known |= addressed;
            if (!addressed || !isFor(encoder, target)) {
                skipped++;
                continue;
            }
            KeyedSample sample = encode(record, encoder);
            if (sample != null) {
                samples.add(sample);
            }
        }
        for (RefusedSpec spec : refused) {
            if (isFor(spec.model(), target)) {
                known = true;
                rejections.reject(record, Reason.FAILED, spec.model(), spec.reason());
            }
        }
        if (!known) {
            rejectUnknown(record, target);
        }
        return samples;
    }

    /** Returns the number of models that the last record of {@link #encode(SourceRecord)} was not for. */
    int skipped() {
        return skipped;
    }

    private void rejectUnknown(SourceRecord record, String target) {
        skipped = 0;
        List<String> names = Arrays.stream(encoders).map(ModelEncoder::name).toList();
        String message = "model: " + target + " (expected: one of " + names + ")";
        rejections.reject(record, Reason.UNKNOWN_MODEL, "", message);
    }

    /**
     * Returns the sample of a record for one model. Returns null if the record is for another one, or is rejected.
     *
     * @param spec index of the specification to encode with
     */
    public @Nullable KeyedSample encode(SourceRecord record, int spec) {
        String target = decode(record);
        return target != null && isFor(encoders[spec], target) ? encode(record, encoders[spec]) : null;
    }

    /** Returns whether the row is for a model: a record that names it is, without regard to {@code when}. */
    private boolean isFor(ModelEncoder encoder, String target) {
        return target.isEmpty() ? encoder.selects(row) : encoder.name().equals(target);
    }

    private static boolean isFor(String model, String target) {
        return target.isEmpty() || model.equals(target);
    }

    /** Fills the row. Returns the one model that the record is for, or "" for all; null if the record is rejected. */
    private @Nullable String decode(SourceRecord record) {
        if (record.value() == null) {
            rejections.reject(record, Reason.NO_VALUE, "", "value: none (expected: a sample)");
            return null;
        }
        try {
            decoder.decode(record.value(), record.timestamp(), row);
            return target(record);
        } catch (MalformedRecordException e) {
            rejections.reject(record, Reason.MALFORMED, "", String.valueOf(e.getMessage()));
        } catch (UncheckedIOException e) {
            // The schema registry failed, not the record.
            throw e;
        } catch (RuntimeException | Error e) {
            // A restart would read the same record again.
            rejections.reject(record, Reason.FAILED, "", failure(e));
        }
        return null;
    }

    /** Returns why a record is rejected that could not be decoded, though it may be well formed. */
    static String failure(Throwable e) {
        return "value: " + ModelFailure.of(e).reason() + " (expected: a record of the format)";
    }

    /** Returns the one model that a header or the record itself names, or "" for all models. */
    private String target(SourceRecord record) {
        RecordHeaders headers = record.headers();
        for (int i = headers.count() - 1; i >= 0; i--) {
            byte[] value = headers.values()[i];
            if (value != null && headers.names()[i].equals(DeadLetterHeaders.MODEL)) {
                return new String(value, StandardCharsets.UTF_8);
            }
        }
        return decoder.model();
    }

    /** Encodes the row for one model. Returns null if it is rejected, also for a fault of the encoder. */
    private @Nullable KeyedSample encode(SourceRecord record, ModelEncoder encoder) {
        try {
            return encoder.encode(row, record.partition(), record.offset());
        } catch (InvalidSampleException e) {
            rejections.reject(record, Reason.UNFIT, encoder.name(), reason(e));
        } catch (RuntimeException | Error e) {
            rejections.reject(
                    record, Reason.FAILED, encoder.name(), ModelFailure.of(e).reason());
        }
        return null;
    }

    /** Returns why a model rejects the row. If a field is missing because it had the wrong type, reports the wrong type. */
    private String reason(InvalidSampleException e) {
        return String.valueOf(e.orCause(decoder.faults()).getMessage());
    }

    /** Returns the layout of {@link #row}. */
    public RowLayout layout() {
        return layout;
    }

    /** Returns the record that was decoded last. */
    public Row row() {
        return row;
    }
}

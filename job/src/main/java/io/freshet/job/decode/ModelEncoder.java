package io.freshet.job.decode;

import io.freshet.job.record.KeyedSample;
import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.encode.RowSelector;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.SampleId;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.KeyField;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Encodes rows for one model, in the job and in the tools that read files. Not thread-safe. */
public final class ModelEncoder {
    private static final Logger LOG = LoggerFactory.getLogger(ModelEncoder.class);

    private final ModelSpec spec;
    private final long specHash;
    private final RowLayout layout;
    /** Created with the first sample, so that a model for which that fails rejects its samples and stops no other. */
    private @Nullable FeatureEncoder encoder;

    private final RowSelector selector;
    private final ModelKeyCache modelKeys;
    private final @Nullable KeyField keyField;
    private final boolean deduplicates;
    /** Index of the text field that identifies a sample, or -1 for the id of the record. */
    private final int idIndex;

    private boolean noticed;

    /** Creates an encoder that gives all partitions to one model. */
    public ModelEncoder(ModelSpec spec, RowLayout layout) {
        this(spec, layout, List.of());
    }

    /** @param replicas model keys of the model's replicas; empty for none */
    ModelEncoder(ModelSpec spec, RowLayout layout, List<String> replicas) {
        this.spec = spec;
        specHash = specHash(spec);
        this.layout = layout;
        selector = RowSelector.of(spec, layout);
        modelKeys = new ModelKeyCache(spec.name(), replicas);
        keyField = KeyField.of(spec, layout);
        deduplicates = spec.stream().deduplicateMillis() > 0;
        String idField = spec.fields().id();
        idIndex = idField == null ? -1 : layout.text(idField);
    }

    /** Returns the hash that identifies a specification in samples. */
    private static long specHash(ModelSpec spec) {
        return Long.parseUnsignedLong(spec.hash(), 16);
    }

    public ModelSpec spec() {
        return spec;
    }

    String name() {
        return spec.name();
    }

    /** Returns whether a row that names no model is this one's. */
    public boolean selects(Row row) {
        return selector.selects(row);
    }

    /** Encodes a row as a sample of this model. */
    KeyedSample encode(Row row, int partition, long offset) throws InvalidSampleException {
        requireKey(row);
        Sample sample = encoder().encode(row, partition, offset);
        logNotice();
        return keyed(row, sample);
    }

    /** Encodes everything but the key. */
    public Sample sample(Row row, int partition, long offset) throws InvalidSampleException {
        return encoder().encode(row, partition, offset);
    }

    /** @throws InvalidSampleException if the model has a key, and the row has no valid one */
    public void requireKey(Row row) throws InvalidSampleException {
        if (keyField != null) {
            keyField.check(row);
        }
    }

    /** Returns the sample of a row that has a valid key, if the model has one. */
    public KeyedSample keyed(Row row, Sample sample) {
        String modelKey = keyField == null
                ? modelKeys.ofPartition(sample.partition())
                : modelKeys.of(row.bytes(), row.textFrom(keyField.place()), row.textTo(keyField.place()));
        return new KeyedSample(modelKey, specHash, sample, deduplicates ? id(row) : null);
    }

    /** Returns the place of the key among the texts of a row, or -1 for a model without one. */
    public int keyPlace() {
        return keyField == null ? -1 : keyField.place();
    }

    /** Returns the notice that some label was not read as it was written; null if each was. */
    public @Nullable String labelNotice() {
        return encoder().labelNotice();
    }

    private FeatureEncoder encoder() {
        if (encoder == null) {
            encoder = new FeatureEncoder(spec, layout);
        }
        return encoder;
    }

    /** Logs once that labels are not read as they are written. */
    private void logNotice() {
        String notice = noticed ? null : encoder().labelNotice();
        if (notice != null) {
            noticed = true;
            LOG.info("Model {}: {}.", spec.name(), notice);
        }
    }

    private @Nullable SampleId id(Row row) {
        if (idIndex < 0) {
            return row.hasId() ? SampleId.of(row.idBytes(), row.idFrom(), row.idTo(), row.epoch()) : null;
        }
        return row.hasText(idIndex)
                ? SampleId.of(row.bytes(), row.textFrom(idIndex), row.textTo(idIndex), row.epoch())
                : null;
    }
}

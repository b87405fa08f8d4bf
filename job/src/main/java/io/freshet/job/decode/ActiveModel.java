package io.freshet.job.decode;

import io.freshet.job.record.KeyedSample;
import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.SampleId;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.topic.ParameterKey;
import org.jspecify.annotations.Nullable;

/** A model that the decoder encodes samples for. Holds scratch space: one for each thread. */
final class ActiveModel {
    private final ModelSpec spec;
    private final long number;
    private final FeatureEncoder encoder;
    private final Addresses addresses;
    private final @Nullable String keyField;
    private final int keyPlace;
    private final boolean deduplicates;
    /** Of the text field that says who a sample is, or -1 where the record's own id does. */
    private final int idPlace;

    ActiveModel(ModelSpec spec, RowLayout layout) {
        this.spec = spec;
        number = number(spec);
        encoder = new FeatureEncoder(spec, layout);
        addresses = new Addresses(spec.name());
        keyField = spec.key();
        keyPlace = keyField == null ? -1 : layout.text(keyField);
        deduplicates = spec.stream().deduplicateMillis() > 0;
        String idField = spec.fields().id();
        idPlace = idField == null ? -1 : layout.text(idField);
    }

    /** Returns the number that names a specification between decoder and learner: its hash. */
    static long number(ModelSpec spec) {
        return Long.parseUnsignedLong(spec.hash(), 16);
    }

    String name() {
        return spec.name();
    }

    /** Returns the sample that a row is to this model. */
    KeyedSample encode(Row row, int partition, long offset) throws InvalidSampleException {
        String address = addresses.whole();
        if (keyField != null) {
            if (!row.hasText(keyPlace)) {
                throw InvalidSampleException.of(keyField, "missing", "a text, the key");
            }
            int length = row.textTo(keyPlace) - row.textFrom(keyPlace);
            if (!ParameterKey.isKeyLength(length)) {
                throw InvalidSampleException.of(keyField, "a text of " + length + " bytes", ParameterKey.EXPECTED_KEY);
            }
            address = addresses.of(row.bytes(), row.textFrom(keyPlace), row.textTo(keyPlace));
        }
        return new KeyedSample(address, number, encoder.encode(row, partition, offset), deduplicates ? id(row) : null);
    }

    private @Nullable SampleId id(Row row) {
        if (idPlace < 0) {
            return row.hasId() ? SampleId.of(row.idBytes(), row.idFrom(), row.idTo(), row.epoch()) : null;
        }
        return row.hasText(idPlace)
                ? SampleId.of(row.bytes(), row.textFrom(idPlace), row.textTo(idPlace), row.epoch())
                : null;
    }
}

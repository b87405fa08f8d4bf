package io.freshet.server.inspect;

import io.freshet.learning.encode.HashedNames;
import io.freshet.learning.encode.RowSelector;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Stage;
import io.freshet.learning.predict.SeenNames;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.sample.RecordDecoder;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.server.store.ServedSpec;
import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Records of a samples topic, the newest first.
 *
 * @param format null if unknown, or if its records need a schema registry; then no record can be decoded
 */
record SampleRecords(@Nullable RecordFormat format, List<Recorded> records) {
    static final SampleRecords NONE = new SampleRecords(null, List.of());

    /** @param timestamp of the record, milliseconds since 1970 */
    record Recorded(byte[] value, long timestamp) {}

    /**
     * Passes on the records that may concern a model, as rows, until one is accepted. Skips records that cannot be decoded,
     * and those for another model. The row is reused.
     */
    void read(ServedSpec served, Predicate<Row> accepted) {
        if (format == null) {
            return;
        }
        RecordDecoder decoder = format.decoder(served.layout());
        Row row = new Row(served.layout());
        RowSelector selector = RowSelector.of(served.spec(), served.layout());
        for (Recorded record : records) {
            try {
                decoder.decode(record.value, record.timestamp, row);
            } catch (MalformedRecordException e) {
                continue;
            }
            String model = decoder.model();
            // A record that names a model is for it, without regard to its condition.
            boolean concerns = model.isEmpty()
                    ? selector.selects(row)
                    : model.equals(served.spec().name());
            // A closed sample has no features.
            if (concerns && row.stage() != Stage.CLOSED && accepted.test(row)) {
                return;
            }
        }
    }

    /**
     * Returns the names of hashed features in the records of a key.
     *
     * @param key "" for a model without a key
     * @param buckets whose names are wanted
     */
    SeenNames names(ServedSpec served, String key, BitSet buckets) {
        SeenNames seen = new SeenNames(buckets);
        HashedNames names = new HashedNames(served.spec(), served.layout());
        read(served, row -> {
            if (isOf(row, served, key)) {
                try {
                    names.read(row, seen);
                } catch (InvalidSampleException e) {
                    // The record lacks a field; those before it are named.
                }
            }
            return false;
        });
        return seen;
    }

    /** Returns whether a row has a key; every row has that of a model without a key. */
    static boolean isOf(Row row, ServedSpec served, String key) {
        ModelSpec spec = served.spec();
        if (spec.key() == null) {
            return true;
        }
        RowLayout layout = served.layout();
        int place = layout.text(spec.key());
        return row.hasText(place) && row.text(place).equals(key);
    }
}

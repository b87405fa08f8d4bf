package io.freshet.schemas.sample;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.OtherFormat;
import io.freshet.schemas.avro.SingleObject;
import io.freshet.wire.Sample;
import java.util.Collection;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/**
 * Reads {@code Sample} records in Avro's single-object encoding into a row.
 *
 * <pre>
 *   C3 01 | fingerprint, 8 bytes, little-endian | id | model | eventTime | numbers | texts | vectors | epoch | sparse
 *   | stage | previous
 * </pre>
 *
 * Records of the current schema are read in place. Records of any other known writer
 * schema go through Avro's schema resolution. Not thread-safe. Pinned by {@code SampleDecoderTest}, which compares the two.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#single-object-encoding">Avro specification</a>
 */
public final class SampleDecoder implements RecordDecoder {
    static final int HEADER = SingleObject.HEADER;
    static final long FINGERPRINT = SchemaNormalization.parsingFingerprint64(Sample.getClassSchema());

    private final InPlaceSampleReader inPlace;
    private final ResolvingSampleReader resolving;
    private boolean resolved;

    public SampleDecoder(RowLayout layout) {
        this(layout, List.of());
    }

    /** @param writers additional writer schemas to read */
    public SampleDecoder(RowLayout layout, Collection<Schema> writers) {
        inPlace = new InPlaceSampleReader(layout);
        resolving = new ResolvingSampleReader(layout, writers);
    }

    @Override
    public void decode(byte[] record, long timestamp, Row row) throws MalformedRecordException {
        if (!SingleObject.isFramed(record)) {
            throw SingleObject.unframed(record, OtherFormat.of(record).hint());
        }
        long fingerprint = SingleObject.fingerprint(record);
        resolved = fingerprint != FINGERPRINT;
        if (resolved) {
            resolving.read(record, timestamp, row);
        } else {
            inPlace.read(record, HEADER, timestamp, row);
        }
    }

    /**
     * Fills a row from a sample behind a header other than that of the single-object encoding.
     *
     * @param record the whole value of a Kafka record; the row keeps referring to it
     * @param from start of the sample in {@code record}
     * @param fingerprint of the schema that the sample was written with; this decoder must know that schema
     * @param timestamp of the Kafka record, milliseconds since 1970: the event time of a sample without one
     * @param row of this decoder's layout
     * @throws MalformedRecordException if the bytes are not a sample
     */
    public void decodeBody(byte[] record, int from, long fingerprint, long timestamp, Row row)
            throws MalformedRecordException {
        resolved = fingerprint != FINGERPRINT;
        if (resolved) {
            resolving.read(SingleObject.frame(record, from, fingerprint), timestamp, row);
        } else {
            inPlace.read(record, from, timestamp, row);
        }
    }

    @Override
    public String model() {
        return resolved ? resolving.model() : inPlace.model();
    }

    /** Returns an empty list: every field of a sample has a type. */
    @Override
    public List<InvalidSampleException> faults() {
        return List.of();
    }
}

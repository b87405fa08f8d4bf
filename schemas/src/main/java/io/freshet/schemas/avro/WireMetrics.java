package io.freshet.schemas.avro;

import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Converts metrics to and from their Avro record, whose schema lists the samples and then a field for each {@link Metric}. A
 * metric that is absent is null, or NaN in a field that cannot be null.
 */
public final class WireMetrics {
    /** All metrics in the order of the record. */
    public static final List<Metric> ORDER;

    private static final boolean[] OPTIONAL;
    private static final byte[] NONE = {};
    /** Expected size. */
    private static final int PACKED_BYTES = 128;

    static {
        List<Schema.Field> fields = io.freshet.wire.Metrics.getClassSchema().getFields();
        ORDER = fields.stream().skip(1).map(WireMetrics::metric).toList();
        OPTIONAL = new boolean[ORDER.size()];
        for (int i = 0; i < OPTIONAL.length; i++) {
            OPTIONAL[i] = fields.get(i + 1).schema().isUnion();
        }
    }

    private WireMetrics() {}

    private static Metric metric(Schema.Field field) {
        return Arrays.stream(Metric.values())
                .filter(metric -> metric.field().equals(field.name()))
                .findFirst()
                .orElseThrow();
    }

    /** Writes the fields of the record in the order of the schema. Pinned by {@code SnapshotEncoderTest} and
     * {@code EvaluationEncoderTest}. */
    public static void write(Metrics metrics, AvroBuffer out) {
        out.writeLong(metrics.samples());
        for (int i = 0; i < OPTIONAL.length; i++) {
            Double value = value(metrics, i);
            if (OPTIONAL[i]) {
                out.writeLong(value == null ? 0 : 1);
            }
            if (value != null) {
                out.writeDouble(value);
            }
        }
    }

    /** Returns the record. */
    public static io.freshet.wire.Metrics write(Metrics metrics) {
        io.freshet.wire.Metrics wire = new io.freshet.wire.Metrics();
        wire.setSamples(metrics.samples());
        for (int i = 0; i < OPTIONAL.length; i++) {
            wire.put(i + 1, value(metrics, i));
        }
        return wire;
    }

    private static @Nullable Double value(Metrics metrics, int i) {
        Double value = metrics.get(ORDER.get(i));
        return value == null && !OPTIONAL[i] ? (Double) Double.NaN : value;
    }

    /** Reads the fields of the record in the order of the schema. */
    public static Metrics read(AvroCursor in) throws MalformedRecordException {
        long samples = in.readLong();
        Map<Metric, Double> values = new EnumMap<>(Metric.class);
        for (int i = 0; i < OPTIONAL.length; i++) {
            if (!OPTIONAL[i] || in.readPresence()) {
                put(values, i, in.readDouble());
            }
        }
        return new Metrics(samples, values);
    }

    public static Metrics read(io.freshet.wire.Metrics wire) {
        Map<Metric, Double> values = new EnumMap<>(Metric.class);
        for (int i = 0; i < OPTIONAL.length; i++) {
            if (wire.get(i + 1) instanceof Double value) {
                put(values, i, value);
            }
        }
        return new Metrics(wire.getSamples(), values);
    }

    /** The loss itself is never absent. */
    private static void put(Map<Metric, Double> values, int i, double value) {
        Metric metric = ORDER.get(i);
        if (OPTIONAL[i] || !Double.isNaN(value) || metric == Metric.LOSS) {
            values.put(metric, value);
        }
    }

    /** Returns metrics in a third of the memory. */
    public static byte[] pack(@Nullable Metrics metrics) {
        if (metrics == null) {
            return NONE;
        }
        AvroBuffer out = new AvroBuffer(0, PACKED_BYTES);
        write(metrics, out);
        byte[] packed = new byte[out.body().remaining()];
        out.body().get(packed);
        return packed;
    }

    /** Returns the metrics that {@link #pack} returned as bytes. */
    public static @Nullable Metrics unpack(byte[] packed) {
        if (packed.length == 0) {
            return null;
        }
        AvroCursor in = new AvroCursor();
        in.start(packed, 0);
        try {
            return read(in);
        } catch (MalformedRecordException e) {
            throw new IllegalStateException("cannot happen: pack wrote the bytes", e);
        }
    }
}

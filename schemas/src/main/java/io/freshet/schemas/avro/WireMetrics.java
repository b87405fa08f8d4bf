package io.freshet.schemas.avro;

import io.freshet.learning.evaluation.Classification;
import io.freshet.learning.evaluation.Metrics;
import org.jspecify.annotations.Nullable;

/** Converts metrics to and from their Avro record. */
public final class WireMetrics {
    private static final byte[] NONE = {};
    /** Expected size. */
    private static final int PACKED_BYTES = 128;

    private WireMetrics() {}

    public static io.freshet.wire.Metrics write(Metrics metrics) {
        return io.freshet.wire.Metrics.newBuilder()
                .setSamples(metrics.samples())
                .setLoss(metrics.loss())
                .setBaselineLoss(baselineLoss(metrics))
                .setAccuracy(metrics.accuracy())
                .setLogLoss(metrics.logLoss())
                .setAuc(metrics.auc())
                .setMae(metrics.mae())
                .setRmse(metrics.rmse())
                .setR2(metrics.r2())
                .setCalibration(metrics.calibration())
                .setIou(metrics.iou())
                .setPrecision(metrics.classification().precision())
                .setRecall(metrics.classification().recall())
                .setF1(metrics.classification().f1())
                .setPrAuc(metrics.classification().prAuc())
                .setTopKAccuracy(metrics.classification().topKAccuracy())
                .build();
    }

    /** Writes the fields of the record in the order of the schema. Pinned by {@code SnapshotEncoderTest}. */
    public static void write(Metrics metrics, AvroBuffer out) {
        out.writeLong(metrics.samples());
        out.writeDouble(metrics.loss());
        out.writeDouble(baselineLoss(metrics));
        writeOptional(metrics.accuracy(), out);
        writeOptional(metrics.logLoss(), out);
        writeOptional(metrics.auc(), out);
        writeOptional(metrics.mae(), out);
        writeOptional(metrics.rmse(), out);
        writeOptional(metrics.r2(), out);
        writeOptional(metrics.calibration(), out);
        writeOptional(metrics.iou(), out);
        writeOptional(metrics.classification().precision(), out);
        writeOptional(metrics.classification().recall(), out);
        writeOptional(metrics.classification().f1(), out);
        writeOptional(metrics.classification().prAuc(), out);
        writeOptional(metrics.classification().topKAccuracy(), out);
    }

    private static void writeOptional(@Nullable Double value, AvroBuffer out) {
        out.writeLong(value == null ? 0 : 1);
        if (value != null) {
            out.writeDouble(value);
        }
    }

    private static double baselineLoss(Metrics metrics) {
        return metrics.baselineLoss() == null ? Double.NaN : metrics.baselineLoss();
    }

    /** Reads the fields of the record in the order of the schema. */
    public static Metrics read(AvroCursor in) throws MalformedRecordException {
        long samples = in.readLong();
        double loss = in.readDouble();
        double baselineLoss = in.readDouble();
        return new Metrics(
                samples,
                loss,
                Double.isNaN(baselineLoss) ? null : (Double) baselineLoss,
                readOptional(in),
                readOptional(in),
                readOptional(in),
                readOptional(in),
                readOptional(in),
                readOptional(in),
                readOptional(in),
                readOptional(in),
                new Classification(
                        readOptional(in), readOptional(in), readOptional(in), readOptional(in), readOptional(in)));
    }

    private static @Nullable Double readOptional(AvroCursor in) throws MalformedRecordException {
        return in.readPresence() ? (Double) in.readDouble() : null;
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

    public static Metrics read(io.freshet.wire.Metrics wire) {
        return new Metrics(
                wire.getSamples(),
                wire.getLoss(),
                Double.isNaN(wire.getBaselineLoss()) ? null : (Double) wire.getBaselineLoss(),
                wire.getAccuracy(),
                wire.getLogLoss(),
                wire.getAuc(),
                wire.getMae(),
                wire.getRmse(),
                wire.getR2(),
                wire.getCalibration(),
                wire.getIou(),
                new Classification(
                        wire.getPrecision(), wire.getRecall(), wire.getF1(), wire.getPrAuc(), wire.getTopKAccuracy()));
    }
}

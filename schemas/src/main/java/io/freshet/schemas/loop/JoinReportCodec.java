package io.freshet.schemas.loop;

import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.WireFormat;
import io.freshet.schemas.avro.WireMetrics;
import io.freshet.wire.JoinReport.Builder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the reports of joins as records of the metrics topic, whose key is {@code #join/model}: that of no evaluation.
 * Thread-safe.
 */
public final class JoinReportCodec {
    private static final byte[] PREFIX = "#join/".getBytes(StandardCharsets.UTF_8);
    private static final Schema SCHEMA = io.freshet.wire.JoinReport.getClassSchema();

    private final WireFormat<io.freshet.wire.JoinReport> format = new WireFormat<>(SCHEMA, List.of());

    /** Returns whether a record of the metrics topic is a report of a join, or its tombstone. */
    public static boolean isReport(byte @Nullable [] key) {
        return key != null
                && key.length > PREFIX.length
                && Arrays.equals(key, 0, PREFIX.length, PREFIX, 0, PREFIX.length);
    }

    /** Returns the model that a report is about, or whose reports a tombstone deletes. */
    public static String model(byte[] key) {
        return new String(key, PREFIX.length, key.length - PREFIX.length, StandardCharsets.UTF_8);
    }

    private static byte[] key(String model) {
        byte[] name = model.getBytes(StandardCharsets.UTF_8);
        byte[] key = Arrays.copyOf(PREFIX, PREFIX.length + name.length);
        System.arraycopy(name, 0, key, PREFIX.length, name.length);
        return key;
    }

    /** Returns the tombstone of a model without a join. */
    public KeyedBytes delete(String model) {
        return new KeyedBytes(key(model), null);
    }

    public KeyedBytes write(JoinReport report) {
        JoinReport.Window window = report.window();
        Builder wire = io.freshet.wire.JoinReport.newBuilder()
                .setModel(report.model())
                .setSpecHash(report.specHash())
                .setWindowIndex(window.index())
                .setWindowEnded(window.ended())
                .setEmittedAt(Instant.ofEpochMilli(window.emittedAt()))
                .setWatermark(window.watermark() == null ? null : Instant.ofEpochMilli(window.watermark()))
                .setDelayBounds(report.delays().bounds())
                .setDelays(report.delays().counts())
                .setLateShare(report.delays().lateShare())
                .setScores(report.scores().stream().map(JoinReportCodec::write).toList());
        io.freshet.wire.JoinReport record = wire.build();
        for (JoinCount count : JoinCount.values()) {
            record.put(SCHEMA.getField(count.field()).pos(), report.count(count));
        }
        return new KeyedBytes(key(report.model()), format.write(record));
    }

    private static io.freshet.wire.ServedScore write(ServedScore score) {
        return io.freshet.wire.ServedScore.newBuilder()
                .setDimension(score.dimension())
                .setValue(score.value())
                .setWindow(score.window() == null ? null : WireMetrics.write(score.window()))
                .setTotal(score.total() == null ? null : WireMetrics.write(score.total()))
                .setWindowExpected(score.windowExpected())
                .setTotalExpected(score.totalExpected())
                .build();
    }

    public JoinReport read(byte[] value) throws MalformedRecordException {
        io.freshet.wire.JoinReport wire = format.read(value);
        try {
            return new JoinReport(
                    wire.getModel(),
                    wire.getSpecHash(),
                    new JoinReport.Window(
                            wire.getWindowIndex(),
                            wire.getWindowEnded(),
                            wire.getEmittedAt().toEpochMilli(),
                            wire.getWatermark() == null
                                    ? null
                                    : (Long) wire.getWatermark().toEpochMilli()),
                    counts(wire),
                    new JoinDelays(wire.getDelayBounds(), wire.getDelays(), wire.getLateShare()),
                    scores(wire));
        } catch (IllegalArgumentException e) {
            throw new MalformedRecordException("value: " + e.getMessage() + " (expected: a report of a join)");
        }
    }

    private static JoinCounts counts(io.freshet.wire.JoinReport wire) {
        long[] counts = new long[JoinCount.values().length];
        for (JoinCount count : JoinCount.values()) {
            long number = (Long) wire.get(SCHEMA.getField(count.field()).pos());
            if (number < 0) {
                throw new IllegalArgumentException(count.field() + ": " + number + ", not at least 0");
            }
            counts[count.ordinal()] = number;
        }
        return JoinCounts.of(counts);
    }

    private static List<ServedScore> scores(io.freshet.wire.JoinReport wire) {
        List<ServedScore> scores = new ArrayList<>();
        for (io.freshet.wire.ServedScore score : wire.getScores()) {
            scores.add(new ServedScore(
                    score.getDimension(),
                    score.getValue(),
                    score.getWindow() == null ? null : WireMetrics.read(score.getWindow()),
                    score.getTotal() == null ? null : WireMetrics.read(score.getTotal()),
                    score.getWindowExpected(),
                    score.getTotalExpected()));
        }
        return scores;
    }
}

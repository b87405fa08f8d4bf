package io.freshet.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.job.record.OutputRecord;
import io.freshet.learning.predict.Snapshot;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.EvaluationCodec;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Formats the job's output as comparable lines, to the bit, without wall-clock times. */
public final class TestLines {
    private TestLines() {}

    /** Returns a line for each complete snapshot, and for each tombstone of one. */
    public static List<String> snapshots(Collection<OutputRecord> records) {
        List<String> lines = new ArrayList<>();
        SnapshotReader reader = new SnapshotReader();
        try {
            for (OutputRecord record : records) {
                SnapshotReader.Change change = reader.read(record.key(), record.value());
                if (change != null) {
                    PublishedSnapshot published = change.snapshot();
                    lines.add(published == null ? "delete " + change.key().modelKey() : snapshot(published));
                }
            }
        } catch (MalformedRecordException e) {
            throw new IllegalArgumentException(e);
        }
        return lines;
    }

    private static String snapshot(PublishedSnapshot published) {
        Snapshot snapshot = published.snapshot();
        return line(snapshot)
                + " "
                + snapshot.metrics()
                + " "
                + published.specHash()
                + " "
                + published.topic()
                + " checksum "
                + published.checksum();
    }

    /** Returns everything learned except metrics. */
    public static String line(Snapshot snapshot) {
        return snapshot.spec().name()
                + "/"
                + snapshot.key()
                + " version "
                + snapshot.version()
                + " updates "
                + snapshot.updates()
                + " parameters "
                + floatBits(snapshot.parameters())
                + " moments "
                + Arrays.toString(snapshot.moments())
                + " lineage "
                + Arrays.toString(snapshot.lineage().partitions())
                + Arrays.toString(snapshot.lineage().offsets())
                + snapshot.lineage().watermark();
    }

    /** Returns a line for each evaluation, and for each tombstone. */
    public static List<String> evaluations(Collection<OutputRecord> records) {
        EvaluationCodec codec = new EvaluationCodec();
        List<String> lines = new ArrayList<>();
        for (OutputRecord record : records) {
            if (record.value() == null) {
                lines.add("delete " + new String(record.key(), UTF_8));
                continue;
            }
            Evaluation e = evaluation(codec, record);
            lines.add(new String(record.key(), UTF_8)
                    + (e.last() ? " last" : "")
                    + " version "
                    + e.version()
                    + " updates "
                    + e.counts().updates()
                    + " rejected "
                    + e.counts().rejected()
                    + " window "
                    + e.window().index()
                    + " "
                    + e.window().metrics()
                    + " total "
                    + Arrays.toString(e.total().sums())
                    + Arrays.hashCode(e.total().classes())
                    + e.total().scores().hashCode()
                    + " "
                    // When a snapshot was published is not stored.
                    + e.learning().toString().replaceFirst("(published=.* at=)\\w+", "$1any"));
        }
        return lines;
    }

    public static Evaluation evaluation(EvaluationCodec codec, OutputRecord record) {
        try {
            return codec.read(record.value());
        } catch (MalformedRecordException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Returns the headers of a record as text, in order. */
    public static Map<String, String> headers(OutputRecord record) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = 0; i < record.headers().count(); i++) {
            byte[] value = record.headers().values()[i];
            headers.put(record.headers().names()[i], value == null ? "" : new String(value, UTF_8));
        }
        return headers;
    }

    /** Returns the length and hash of an array's bits. */
    public static String floatBits(float[] array) {
        int[] bits = new int[array.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(array[i]);
        }
        return array.length + ":" + HexFormat.of().toHexDigits(Arrays.hashCode(bits));
    }
}

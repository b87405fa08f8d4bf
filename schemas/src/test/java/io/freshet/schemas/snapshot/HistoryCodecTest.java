package io.freshet.schemas.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.predict.Snapshot;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.schemas.sample.RecordFields;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Would catch a history entry that differs from its snapshot or contains the parameters. */
class HistoryCodecTest {
    private final SnapshotCodec snapshots = new SnapshotCodec();
    private final HistoryCodec codec = new HistoryCodec(snapshots);

    @Test
    void a_snapshot_reads_back_without_its_parameters_however_large() throws Exception {
        for (int hashBits : new int[] {4, 18}) {
            Snapshot snapshot = Snapshots.of("delays", "k/1", hashBits, 1000);
            PublishedSnapshot published = snapshots.publish(snapshot, 900, "samples", 1234, "0.1.0");

            KeyedBytes record = codec.write(published);

            assertThat(new String(record.key(), UTF_8)).isEqualTo("delays/k/1");
            assertThat(record.value()).hasSizeLessThan(2000);
            assertThat(HistoryCodec.specification(record.key())).isNull();
            HistoryEntry entry = codec.read(record.value());
            assertThat(entry).usingRecursiveComparison().isEqualTo(HistoryEntry.of(published));
            assertThat(entry.parent()).isEqualTo(900);
            assertThat(entry.checksum()).isEqualTo(FloatBytes.checksum(snapshot.parameters()));
        }
    }

    @Test
    void the_snapshot_record_also_has_the_parent() throws Exception {
        PublishedSnapshot published = snapshots.publish(Snapshots.of("m", "", 2, 5), 3, "samples", 1, "0.1.0");
        KeyedBytes record = snapshots.write(published, SnapshotCodec.ALL).get(0);
        SnapshotReader.Change change = new SnapshotReader().read(record.key(), record.value());
        assertThat(change.snapshot().parent()).isEqualTo(3);
    }

    @Test
    void a_specification_is_found_by_its_hash() throws Exception {
        Snapshot snapshot = Snapshots.of("delays", "", 4, 1);
        KeyedBytes record = codec.write(snapshot.spec(), "0123456789abcdef", 5);
        assertThat(HistoryCodec.specification(record.key())).isEqualTo("0123456789abcdef");
        assertThat(codec.readSpecification(record.value())).isEqualTo(snapshot.spec());
    }

    @Test
    void the_format_of_a_topic_reads_back_and_its_key_is_no_snapshot() throws Exception {
        TopicFormat format = new TopicFormat(
                "clicks", "confluent", "http://registry:8081", new RecordFields("id", "at", null), List.of("\"int\""));
        KeyedBytes record = codec.write(format, 5);
        assertThat(HistoryCodec.isFormat(record.key())).isTrue();
        assertThat(HistoryCodec.isFormat("delays/k".getBytes(UTF_8))).isFalse();
        assertThat(HistoryCodec.specification(record.key())).isNull();
        assertThat(ParameterKey.parse(record.key()).model()).isEqualTo("@format");
        assertThat(codec.readFormat(record.value())).isEqualTo(format);
    }

    @Test
    void malformed_records_are_rejected() {
        assertThatThrownBy(() -> codec.read(new byte[] {1, 2}))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining("expected: Avro single-object encoding");
        assertThat(HistoryCodec.specification(null)).isNull();
    }
}

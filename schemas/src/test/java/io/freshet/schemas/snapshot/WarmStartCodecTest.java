package io.freshet.schemas.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.predict.WarmStart;
import io.freshet.learning.spec.WarmStartReference;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Would catch parameters changed or lost in encoding, and records too large for a topic. */
class WarmStartCodecTest {
    private static final String CHECKSUM = "0123456789abcdef";
    private static final int LARGEST_RECORD = 900 << 10;

    private final WarmStartCodec codec = new WarmStartCodec();

    @Test
    void snapshots_read_back_equal_from_parts_that_fit_a_topic() throws Exception {
        List<PublishedSnapshot> snapshots = List.of(published("a", 19), published("b", 19));
        WarmStartReference warmStart = warmStart(snapshots).warmStart();
        List<KeyedBytes> records = codec.write("delays", warmStart.checksum(), snapshots);
        assertThat(records).hasSizeGreaterThan(2).allMatch(record -> record.value().length < LARGEST_RECORD);

        records.forEach(record -> System.out.printf(
                Locale.ROOT, "%,d bytes: part of a warm start%n", record.key().length + record.value().length));

        List<byte[]> parts = new ArrayList<>();
        for (KeyedBytes record : records) {
            WarmStartCodec.Part part = codec.read(record.key(), record.value());
            assertThat(part.index()).isEqualTo(parts.size());
            assertThat(part.model()).isEqualTo("delays");
            assertThat(part.checksum()).isEqualTo(warmStart.checksum());
            assertThat(new String(record.key(), UTF_8))
                    .isEqualTo("delays#" + warmStart.checksum() + "/" + parts.size());
            parts.add(part.bytes());
        }

        assertThat(WarmStartCodec.join(parts, warmStart.checksum()).warmStart()).isEqualTo(warmStart);
        for (int length = 0; length < parts.size(); length++) {
            List<byte[]> cut = parts.subList(0, length);
            assertThatThrownBy(() -> WarmStartCodec.join(cut, warmStart.checksum()))
                    .as("%d parts", length)
                    .isInstanceOf(MalformedRecordException.class);
        }
        assertThatThrownBy(() -> WarmStartCodec.join(parts, CHECKSUM))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage("checksum: " + warmStart.checksum() + " (expected: " + CHECKSUM + ")");
    }

    /** Parts that end at a snapshot boundary look like a complete file. */
    @Test
    void a_file_without_its_last_snapshots_is_malformed() throws Exception {
        List<PublishedSnapshot> snapshots = List.of(published("a", 5), published("b", 5));
        List<KeyedBytes> records = codec.write("delays", CHECKSUM, snapshots.subList(0, 1));
        byte[] first = codec.read(records.get(0).key(), records.get(0).value()).bytes();
        assertThatThrownBy(() -> WarmStartCodec.join(
                        List.of(first), warmStart(snapshots).warmStart().checksum()))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageStartingWith("checksum: ");
    }

    @Test
    void equal_snapshots_are_written_as_equal_bytes() {
        List<PublishedSnapshot> snapshots = List.of(published("a", 5));
        assertThat(codec.write("delays", CHECKSUM, snapshots).get(0).value())
                .isEqualTo(new WarmStartCodec()
                        .write("delays", CHECKSUM, snapshots)
                        .get(0)
                        .value());
    }

    @Test
    void distinguishes_keys_of_parts_and_of_specifications() {
        byte[] key = codec.write("delays", CHECKSUM, List.of(published("", 5)))
                .get(0)
                .key();
        assertThat(WarmStartCodec.isPart(key)).isTrue();
        assertThat(WarmStartCodec.model(key)).isEqualTo("delays");
        assertThat(WarmStartCodec.checksum(key)).isEqualTo(CHECKSUM);
        assertThat(WarmStartCodec.isPart("delays".getBytes(UTF_8))).isFalse();
        assertThat(WarmStartCodec.isPart(null)).isFalse();
        assertThat(WarmStartCodec.checksum("a#b".getBytes(UTF_8))).isEqualTo("b");
    }

    @Test
    void a_part_under_another_key_and_a_truncated_part_are_malformed() {
        KeyedBytes record =
                codec.write("delays", CHECKSUM, List.of(published("", 5))).get(0);
        assertThatThrownBy(() -> codec.read("delays#b/0".getBytes(UTF_8), record.value()))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage("key: delays#b/0 (expected: delays#" + CHECKSUM + "/0)");
        byte[] cut = Arrays.copyOf(record.value(), record.value().length - 1);
        assertThatThrownBy(() -> codec.read(record.key(), cut)).isInstanceOf(MalformedRecordException.class);
    }

    private static WarmStart warmStart(List<PublishedSnapshot> snapshots) {
        return WarmStart.of(snapshots.stream().map(PublishedSnapshot::snapshot).toList());
    }

    private static PublishedSnapshot published(String key, int hashBits) {
        Snapshot snapshot = Snapshots.of("delays", key, hashBits, 40);
        return new PublishedSnapshot(
                snapshot, new Publication("", FloatBytes.checksum(snapshot.parameters()), -1, "samples", 5, "test"));
    }
}

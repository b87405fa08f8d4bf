package io.freshet.schemas.rounds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.rounds.RoundsRecord.Kind;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Would catch a message that is lost if its parts are sent twice or mixed with others, and damage that goes unnoticed. */
class RoundsCodecTest {
    private static final long SEED = 20261128;

    @Test
    void joins_parts_that_are_mixed_and_sent_twice() throws Exception {
        byte[] first = random(3 * RoundsCodec.LARGEST_PART - 7);
        byte[] second = random(2 * RoundsCodec.LARGEST_PART);
        List<KeyedBytes> a = RoundsCodec.write(RoundsCodec.key("m", true), Kind.CONTRIBUTION, "job", 0, 5, first);
        List<KeyedBytes> b = RoundsCodec.write(RoundsCodec.key("m", true), Kind.CONTRIBUTION, "job", 1, 5, second);
        assertThat(a).hasSize(3);
        assertThat(b).hasSize(2);
        RoundsAssembly assembly = new RoundsAssembly();
        assertThat(assembly.add(read(a.get(0)), 10)).isNull();
        assertThat(assembly.add(read(b.get(0)), 11)).isNull();
        assertThat(assembly.add(read(a.get(1)), 12)).isNull();
        assertThat(assembly.position(13)).isEqualTo(10);
        // The replica failed, and sends its contribution again.
        assertThat(assembly.add(read(a.get(0)), 13)).isNull();
        assertThat(assembly.add(read(b.get(1)), 14)).isEqualTo(second);
        assertThat(assembly.add(read(a.get(1)), 15)).isNull();
        assertThat(assembly.add(read(a.get(2)), 16)).isEqualTo(first);
        assertThat(assembly.position(17)).isEqualTo(17);
    }

    @Test
    void messages_to_the_reducer_and_to_the_replicas_have_different_keys() {
        assertThat(RoundsCodec.write(RoundsCodec.key("m", true), Kind.END, "job", 1, 0, new byte[0])
                        .get(0)
                        .key())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("m/contributions");
        assertThat(RoundsCodec.write(RoundsCodec.key("m", false), Kind.MERGED, "job", 0, 1, new byte[0])
                        .get(0)
                        .key())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("m/merged");
    }

    /** Version 1, which stays readable. */
    @Test
    void reads_stored_bytes() throws Exception {
        String stored = "0103000937663135632d302d3100000000000000000000002a000000000000000100000003010203645415fe";
        RoundsRecord record = RoundsCodec.read(HexFormat.of().parseHex(stored));
        assertThat(record.kind()).isEqualTo(Kind.MERGED);
        assertThat(record.origin()).isEqualTo("7f15c-0-1");
        assertThat(record.round()).isEqualTo(42);
        assertThat(record.bytes()).containsExactly(1, 2, 3);
    }

    @Test
    void rejects_damaged_and_foreign_values() {
        byte[] value =
                Objects.requireNonNull(RoundsCodec.write(RoundsCodec.key("m", true), Kind.END, "job", 1, 0, new byte[0])
                        .get(0)
                        .value());
        for (int i = 1; i < value.length; i++) {
            byte[] damaged = value.clone();
            damaged[i] ^= 1;
            assertThatThrownBy(() -> RoundsCodec.read(damaged))
                    .isInstanceOf(MalformedRecordException.class)
                    .hasMessage("rounds record: damaged (expected: bytes that match the checksum)");
        }
        assertThatThrownBy(() -> RoundsCodec.read("foreign".getBytes(StandardCharsets.UTF_8)))
                .hasMessage("rounds record: version 102 (expected: 1)");
        assertThatThrownBy(() -> RoundsCodec.read(null)).hasMessage("rounds record: no value (expected: a message)");
    }

    private static RoundsRecord read(KeyedBytes record) throws MalformedRecordException {
        return RoundsCodec.read(record.value());
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(SEED).nextBytes(bytes);
        return bytes;
    }
}

package io.freshet.learning.features;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Would catch a change of the hash: a checkpoint of another release would not recognize received ids. */
class SampleIdTest {
    /** SMHasher's own check of MurmurHash3_x64_128: the hash of the hashes of 256 keys with 256 seeds. */
    @Test
    void equals_the_hash_of_the_reference_code() {
        byte[] key = new byte[256];
        ByteBuffer hashes = ByteBuffer.allocate(256 * 16).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 256; i++) {
            key[i] = (byte) i;
            SampleId id = SampleId.of(key, 0, i, 256 - i);
            hashes.putLong(id.high()).putLong(id.low());
        }
        SampleId all = SampleId.of(hashes.array(), 0, hashes.capacity(), 0);
        assertThat((int) all.high()).isEqualTo(0x6384BA69);
    }

    @Test
    void hashes_only_the_range() {
        byte[] text = "before trip-4711, a long one, after".getBytes(UTF_8);
        byte[] alone = "trip-4711, a long one".getBytes(UTF_8);
        assertThat(SampleId.of(text, 7, 7 + alone.length, 3)).isEqualTo(SampleId.of(alone, 0, alone.length, 3));
    }

    @Test
    void differs_by_text_and_epoch() {
        Set<SampleId> ids = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            byte[] text = Integer.toString(i).getBytes(UTF_8);
            ids.add(SampleId.of(text, 0, text.length, 0));
            ids.add(SampleId.of(text, 0, text.length, 1));
        }
        assertThat(ids).hasSize(20_000);
    }
}

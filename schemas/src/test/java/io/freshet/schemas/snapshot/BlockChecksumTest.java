package io.freshet.schemas.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Would catch a combined checksum that differs from that of the whole, which would reject or admit a wrong snapshot. */
class BlockChecksumTest {
    private static final long SEED = 20261128;

    @Test
    void the_combined_checksum_is_that_of_all_bytes() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 200; trial++) {
            byte[] all = new byte[random.nextInt(1, 5_000)];
            random.nextBytes(all);
            List<BlockChecksum> parts = new ArrayList<>();
            int at = 0;
            while (at < all.length) {
                int length = Math.min(all.length - at, random.nextInt(0, 900));
                parts.add(BlockChecksum.of(ByteBuffer.wrap(all, at, length)));
                at += length;
            }
            assertThat(BlockChecksum.combine(parts))
                    .as("trial %d of seed %d", trial, SEED)
                    .isEqualTo(BlockChecksum.of(ByteBuffer.wrap(all)).crc());
        }
    }

    @Test
    void zeros_have_the_checksum_of_an_array_of_them() {
        for (int count : new int[] {0, 1, (1 << 14) - 1, 1 << 14, (1 << 14) + 1, 3 << 14, 100_000}) {
            assertThat(FloatBytes.checksumOfZeros(count))
                    .as("%d zeros", count)
                    .isEqualTo(FloatBytes.checksum(new float[count]));
        }
    }

    @Test
    void no_parts_have_the_checksum_of_no_bytes() {
        assertThat(BlockChecksum.combine(List.of()))
                .isEqualTo(BlockChecksum.of(ByteBuffer.allocate(0)).crc());
    }
}

package io.freshet.cli.tail;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Catches a dead letter that is redriven twice or never. */
class RedrivenOffsetsTest {
    @Test
    void stores_any_offsets_in_commits() {
        long seed = 20260303;
        SplittableRandom random = new SplittableRandom(seed);
        for (int trial = 0; trial < 300; trial++) {
            TreeSet<Long> expected = new TreeSet<>();
            RedrivenOffsets done = new RedrivenOffsets(100, "");
            for (int i = 0; i < 40; i++) {
                long from = random.nextLong(95, 160);
                long to = from + (random.nextInt(4) == 0 ? random.nextInt(9) : 0);
                done.add(from, to);
                for (long offset = from; offset <= to; offset++) {
                    expected.add(offset);
                }
                if (random.nextInt(5) == 0) {
                    done = new RedrivenOffsets(done.next(), done.metadata());
                }
                long next = 100;
                while (expected.contains(next)) {
                    next++;
                }
                assertThat(done.next()).as("seed %d, trial %d", seed, trial).isEqualTo(next);
                for (long offset = 90; offset < 175; offset++) {
                    assertThat(done.contains(offset))
                            .as("seed %d, trial %d, offset %d", seed, trial, offset)
                            .isEqualTo(offset < 100 || expected.contains(offset));
                }
            }
        }
    }

    @Test
    void stores_ranges_relative_to_the_offset() {
        RedrivenOffsets done = new RedrivenOffsets(1_000_000, "");
        done.add(1_000_003);
        done.add(1_000_005, 1_000_009);
        done.add(1_000_004);
        done.add(1_000_012);
        assertThat(done.metadata()).isEqualTo("3-9,12");
        done.add(1_000_000, 1_000_002);
        assertThat(done.next()).isEqualTo(1_000_010);
        assertThat(done.metadata()).isEqualTo("2");
    }

    @Test
    void limits_the_metadata_to_what_a_broker_accepts() {
        RedrivenOffsets done = new RedrivenOffsets(0, "");
        long offset = 1;
        while (done.hasRoom()) {
            done.add(offset);
            offset += 2;
        }
        assertThat(done.metadata().length()).isBetween(3_800, 4_096);
    }
}

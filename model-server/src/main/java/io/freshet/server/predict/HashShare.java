package io.freshet.server.predict;

import io.freshet.learning.features.MurmurHash3;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A share of texts, selected by their hash. A text is always in or out, on every server, and one that is in a share is also in
 * every larger one with the same seed.
 *
 * @param share in [0, 1]
 * @param seed shares with different seeds are independent
 */
public record HashShare(double share, int seed) {
    private static final double HASHES = 0x1p32;

    /** @param text null for one that is in or out at random */
    public boolean contains(@Nullable String text) {
        return share >= 1
                || (text == null
                        ? ThreadLocalRandom.current().nextDouble() < share
                        : Integer.toUnsignedLong(MurmurHash3.hash(text, seed)) < share * HASHES);
    }
}

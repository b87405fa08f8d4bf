package io.freshet.server.answers;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/** Ids for requests without one: a random text of this server, and a number. Thread-safe. */
final class RequestIds {
    private static final int RANDOM_BYTES = 12;

    private final String start;
    private final AtomicLong next = new AtomicLong();

    RequestIds() {
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        start = HexFormat.of().formatHex(random) + "-";
    }

    String next() {
        return start + next.incrementAndGet();
    }
}

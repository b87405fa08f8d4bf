package io.freshet.cli.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FeedProgressTest {
    private final AtomicLong now = new AtomicLong();
    private final StringWriter err = new StringWriter();

    @Test
    void prints_every_second_on_a_terminal_and_every_ten_elsewhere() {
        FeedProgress terminal = new FeedProgress(new PrintWriter(err, true), true, now::get);
        for (int i = 0; i < 64_000; i++) {
            now.addAndGet(50_000);
            terminal.countSent();
            terminal.show(i, 128_000);
        }
        assertThat(err.toString().lines())
                .hasSize(4)
                .element(1)
                .asString()
                .startsWith("[###.................]  feed: 20,032 rows (15% of the file), 0 bad, 2");
        err.getBuffer().setLength(0);

        FeedProgress elsewhere = new FeedProgress(new PrintWriter(err, true), false, now::get);
        now.addAndGet(9_000_000_000L);
        elsewhere.show(0, 0);
        assertThat(err.toString()).isEmpty();
        now.addAndGet(1_000_000_000L);
        elsewhere.show(0, 0);
        assertThat(err.toString().lines()).containsExactly("feed: 0 rows, 0 bad, 0 rows/s");
    }
}

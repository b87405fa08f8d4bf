package io.freshet.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Catches an estimate of the time left that counts the start of the job as learning. */
class ProgressLineTest {
    @Test
    void shows_the_time_left_once_two_updates_give_a_rate() {
        AtomicLong now = new AtomicLong();
        StringWriter err = new StringWriter();
        ProgressLine line = new ProgressLine(new PrintWriter(err, true), false, now::get);

        now.addAndGet(10_000_000_000L);
        line.update(0, 10_000, Double.NaN);
        line.update(1_000, 10_000, 0.5);
        now.addAndGet(2_000_000_000L);
        line.update(2_000, 10_000, 0.25);

        assertThat(err.toString().lines())
                .containsExactly(
                        "1,000 of 10,000 samples, loss 0.5000",
                        "2,000 of 10,000 samples, 500/s, loss 0.2500, 16 s left");
    }

    @Test
    void shows_no_end_while_the_file_is_being_sent() {
        AtomicLong now = new AtomicLong();
        StringWriter err = new StringWriter();
        ProgressLine line = new ProgressLine(new PrintWriter(err, true), false, now::get);

        now.addAndGet(10_000_000_000L);
        line.update(1_000, 0, 0.5);
        now.addAndGet(2_000_000_000L);
        line.update(2_000, 0, 0.25);
        now.addAndGet(2_000_000_000L);
        line.update(3_000, 10_000, 0.25);

        assertThat(err.toString().lines())
                .containsExactly(
                        "1,000 samples, loss 0.5000",
                        "2,000 samples, 500/s, loss 0.2500",
                        "3,000 of 10,000 samples, 500/s, loss 0.2500, 14 s left");
    }
}

package io.freshet.server.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.schemas.facts.LatestEvaluations;
import io.freshet.schemas.facts.SignsOfLife;
import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.store.ModelStore;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Would catch a deadline that counts whole connections instead of frames. The event loop's time is set, so no client is slow. */
class FrameDeadlineTest {
    private static final int MILLIS = 200;
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final String PING = "\0\0\10\6\0\0\0\0\0" + "pingpong";
    private static final int SPLIT = 5;

    private final ModelStore store = new ModelStore();
    private final LatestEvaluations evaluations = new LatestEvaluations();
    private final ServerMetrics metrics = new ServerMetrics(
            store, evaluations, new ModelConditions(store, evaluations, new SignsOfLife()), InstantSource.system());
    private final EmbeddedChannel channel = new EmbeddedChannel(new FrameDeadline(Duration.ofMillis(MILLIS), metrics));

    @BeforeEach
    void start() {
        channel.freezeTime();
        receive(PREFACE + PING.substring(0, SPLIT));
    }

    @AfterEach
    void stop() {
        channel.finishAndReleaseAll();
        metrics.close();
    }

    @Test
    void a_connection_whose_reads_end_within_frames_goes_on() {
        for (int i = 0; i < 3; i++) {
            pass(MILLIS - 1);
            receive(PING.substring(SPLIT) + PING.substring(0, SPLIT));
        }
        receive(PING.substring(SPLIT));
        pass(MILLIS);

        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void a_frame_that_trickles_is_cut_off() {
        pass(MILLIS - 1);
        receive(PING.substring(SPLIT, SPLIT + 1));
        assertThat(channel.isOpen()).isTrue();
        pass(1);

        assertThat(channel.isOpen()).isFalse();
    }

    private void receive(String bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes, US_ASCII));
    }

    private void pass(int millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }
}

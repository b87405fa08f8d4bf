package io.freshet.server;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Tests that open the pages of a server in a real browser; skipped where it is not installed. */
abstract class PageInBrowser {
    static final ServerOptions OPTIONS = ServerOptions.of("unused:1").withAddress("127.0.0.1", 0);

    /** The server's time, which passes whenever it is read. */
    final AtomicLong now = new AtomicLong(RunningServer.NOW);

    RunningServer server;
    Browser browser;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(
                Browser.missing() == null,
                () -> Browser.missing() + ": not found (expected: Debian's chromium and chromium-driver)");
        server = new RunningServer(OPTIONS, () -> Instant.ofEpochMilli(now.getAndIncrement()));
        browser = Browser.start();
    }

    @AfterEach
    void stop() {
        if (browser != null) {
            browser.close();
        }
        if (server != null) {
            server.close();
        }
    }

    String origin() {
        return "http://127.0.0.1:" + server.port();
    }
}

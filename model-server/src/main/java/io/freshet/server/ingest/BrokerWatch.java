package io.freshet.server.ingest;

import io.freshet.schemas.facts.SignsOfLife;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names the brokers that do not answer, with the reason, on its own thread: once, until the reason changes. Kafka's clients
 * only time out, without a reason.
 */
public final class BrokerWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(BrokerWatch.class);
    private static final int CONNECT_MILLIS = 3_000;
    private static final long PERIOD_MILLIS = 1_000;
    /** Time that brokers which accept connections have to answer. */
    private static final long ANSWER_MILLIS = 8_000;

    private final String brokers;
    private final SignsOfLife signs;
    private final Thread thread;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable String problem;

    /**
     * @param brokers {@code host:port,...}
     * @param signs whether the brokers answer
     */
    public BrokerWatch(String brokers, SignsOfLife signs) {
        this.brokers = brokers;
        this.signs = signs;
        thread = new Thread(this::run, "watch brokers");
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** Returns why the brokers do not answer, or null if they do, or may soon. */
    public @Nullable String problem() {
        return problem;
    }

    @Override
    public void close() {
        closed.countDown();
    }

    private void run() {
        long silentSince = System.nanoTime();
        try {
            do {
                if (signs.brokersAnswer()) {
                    silentSince = System.nanoTime();
                    report(null);
                } else {
                    report(diagnose(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - silentSince)));
                }
            } while (!closed.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void report(@Nullable String found) {
        String before = problem;
        problem = found;
        if (closed.getCount() == 0 || (found == null ? before == null : found.equals(before))) {
            return;
        }
        if (found == null) {
            log.info("Kafka at {} answers", brokers);
        } else {
            log.warn("{}; trying again until a broker answers", found);
        }
    }

    /** @param silent milliseconds since the brokers have not answered */
    private @Nullable String diagnose(long silent) {
        List<String> failures = new ArrayList<>();
        for (String broker : brokers.split(",")) {
            String failure = failure(broker.strip());
            if (failure == null) {
                return silent < ANSWER_MILLIS
                        ? problem
                        : "Kafka at " + broker.strip() + ": connected, but no broker answers"
                                + " (check the port, and the settings of TLS and SASL)";
            }
            failures.add(broker.strip() + ": " + failure);
        }
        return "Kafka at " + String.join(", ", failures) + " (check --bootstrap-servers, and that the broker runs)";
    }

    /** Returns why no connection to an address can be made, or null if one can. */
    private static @Nullable String failure(String broker) {
        int colon = broker.lastIndexOf(':');
        String host = broker.substring(0, colon).replaceFirst("^\\w+://", "");
        try (Socket socket = new Socket()) {
            InetSocketAddress address = new InetSocketAddress(host, Integer.parseInt(broker.substring(colon + 1)));
            if (address.isUnresolved()) {
                return "unknown host";
            }
            socket.connect(address, CONNECT_MILLIS);
            return null;
        } catch (SocketTimeoutException e) {
            return "no answer within " + CONNECT_MILLIS / 1000 + " s";
        } catch (IOException | IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }
}

package io.freshet.faults.cluster;

import io.freshet.cli.dev.EmbeddedKafka;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** Runs a broker in its own JVM: {@code BrokerMain DIRECTORY PORT}. */
public final class BrokerMain {
    private BrokerMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        EmbeddedKafka kafka = EmbeddedKafka.start(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
        System.out.println("ready at " + kafka.bootstrapServers());
        new CountDownLatch(1).await();
    }
}

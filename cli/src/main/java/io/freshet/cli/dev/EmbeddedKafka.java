package io.freshet.cli.dev;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.cli.kafka.TopicPlan;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.FaultHandlerFactory;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.SharedServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.metadata.storage.Formatter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka broker in this JVM: one node, which is also the controller, on loopback, with its data in a directory.
 *
 * <p>Both ports are bound before Kafka starts, so no other process can take them. Unlike Kafka's own {@code
 * KafkaRaftServer}, a fatal fault is logged and thrown; it does not halt the JVM.
 *
 * <p>The broker is ready when {@code start} returns, after two to four seconds. Topics are not created automatically,
 * and internal topics have one replica. Several brokers can run in parallel. Thread-safe once started.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedKafka.class);
    private static final int NODE_ID = 1;

    /** The topic that the broker creates for the first transaction, which then has to wait for it. */
    static final TopicPlan TRANSACTIONS =
            new TopicPlan("__transaction_state", 1, true, true, Map.of("compression.type", "uncompressed"));

    private final Path directory;
    private final @Nullable StackDirectory temporary;
    private final ServerSocketChannel brokerSocket;
    private final ServerSocketChannel controllerSocket;
    private final ControllerServer controller;
    private final BrokerServer broker;
    private final String bootstrapServers;
    private final CompletableFuture<String> failure = new CompletableFuture<>();

    /**
     * Starts a broker that keeps its topics in a directory.
     *
     * @param directory created if missing; topics and records of an earlier broker are kept
     * @throws IllegalStateException if the directory can be neither formatted nor opened
     */
    public static EmbeddedKafka start(Path directory) {
        return start(directory, 0);
    }

    /**
     * Starts a broker on a given port.
     *
     * @param directory as in {@link #start(Path)}
     * @param port of the broker, or 0 for any free one
     */
    public static EmbeddedKafka start(Path directory, int port) {
        return new EmbeddedKafka(directory, null, port).started();
    }

    /** Starts a broker in a temporary directory, which {@link #close} deletes. */
    public static EmbeddedKafka startTemporary() {
        try {
            StackDirectory temporary = StackDirectory.temporary();
            return new EmbeddedKafka(temporary.path().resolve("kafka"), temporary, 0).started();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private EmbeddedKafka(Path directory, @Nullable StackDirectory temporary, int port) {
        this.directory = directory;
        this.temporary = temporary;
        format(directory);
        brokerSocket = bindLoopback(port);
        controllerSocket = bindLoopback(0);
        bootstrapServers = address(brokerSocket);

        KafkaConfig config = new KafkaConfig(properties(directory, bootstrapServers, address(controllerSocket)), false);
        var prepared = KafkaRaftServer.initializeLogDirs(config, log, "");
        Map<Integer, ServerSocketChannel> sockets =
                Map.of(port(brokerSocket), brokerSocket, port(controllerSocket), controllerSocket);
        SharedServer shared = new SharedServer(
                config,
                prepared._1(),
                Time.SYSTEM,
                new Metrics(),
                CompletableFuture.completedFuture(
                        Map.of(NODE_ID, new InetSocketAddress(loopback(), port(controllerSocket)))),
                List.of(),
                faultHandlers(failure),
                (listener, address, backlog, buffer) -> sockets.get(address.getPort()));
        controller = new ControllerServer(shared, KafkaRaftServer.configSchema(), prepared._2());
        broker = new BrokerServer(shared);
    }

    /** Returns the address for clients: {@code host:port}. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** Returns a future that completes with the reason if the broker fails after its start. */
    CompletableFuture<String> failure() {
        return failure;
    }

    /** Returns the directory that holds the topics. */
    Path directory() {
        return directory;
    }

    /** Stops the broker, waits until it has stopped, and deletes a temporary directory. Closing again does nothing. */
    @Override
    public void close() {
        // The broker needs the controller's permission to shut down.
        broker.shutdown();
        controller.shutdown();
        broker.awaitShutdown();
        controller.awaitShutdown();
        Utils.closeQuietly(brokerSocket, "broker socket");
        Utils.closeQuietly(controllerSocket, "controller socket");
        if (temporary != null) {
            try {
                temporary.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private EmbeddedKafka started() {
        try {
            controller.startup();
            broker.startup();
        } catch (Throwable e) {
            close();
            throw e;
        }
        return this;
    }

    private static Map<String, String> properties(Path directory, String brokerAddress, String controllerAddress) {
        Map<String, String> properties = new HashMap<>();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", Integer.toString(NODE_ID));
        properties.put("controller.quorum.voters", NODE_ID + "@" + controllerAddress);
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("inter.broker.listener.name", "PLAINTEXT");
        properties.put("listeners", "PLAINTEXT://" + brokerAddress + ",CONTROLLER://" + controllerAddress);
        properties.put("advertised.listeners", "PLAINTEXT://" + brokerAddress);
        properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.put("log.dirs", directory.toString());
        properties.put("auto.create.topics.enable", "false");
        properties.put("group.initial.rebalance.delay.ms", "0");
        // The operating system lets the buffers of sockets grow, so that large batches cross loopback in few steps.
        properties.put("socket.send.buffer.bytes", "-1");
        properties.put("socket.receive.buffer.bytes", "-1");

        // One node, few clients: one replica and one partition instead of 50.
        for (String topic : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            properties.put(topic + ".replication.factor", "1");
            properties.put(topic + ".num.partitions", "1");
        }
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("share.coordinator.state.topic.min.isr", "1");
        properties.put("log.cleaner.dedupe.buffer.size", Integer.toString(2 << 20));
        return properties;
    }

    private static void format(Path directory) {
        if (Files.exists(directory.resolve("meta.properties"))) {
            return;
        }
        try {
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8))
                    .setNodeId(NODE_ID)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setControllerListenerName("CONTROLLER")
                    .addDirectory(directory.toString())
                    .setMetadataLogDirectory(directory.toString())
                    .run();
        } catch (Exception e) {
            throw new IllegalStateException("cannot format " + directory + " for Kafka: " + e.getMessage(), e);
        }
    }

    /** @param failure completes with the first fatal fault */
    static FaultHandlerFactory faultHandlers(CompletableFuture<String> failure) {
        return (name, fatal, action) -> (message, cause) -> {
            log.error("embedded Kafka, {}: {}", name, message, cause);
            action.run();
            if (fatal) {
                failure.complete(name + ": " + message);
            }
            return new IllegalStateException(message, cause);
        };
    }

    private static ServerSocketChannel bindLoopback(int port) {
        try {
            ServerSocketChannel channel = ServerSocketChannel.open();
            channel.configureBlocking(false);
            channel.bind(new InetSocketAddress(loopback(), port));
            return channel;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String address(ServerSocketChannel channel) {
        return "127.0.0.1:" + port(channel);
    }

    private static int port(ServerSocketChannel channel) {
        return channel.socket().getLocalPort();
    }

    private static InetAddress loopback() {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

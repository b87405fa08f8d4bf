package io.freshet.faults.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.metadata.storage.Formatter;

/** Kafka's own process, a broker and controller in one, with the settings of a test. It keeps its topics when it is killed. */
public final class KafkaNode implements AutoCloseable {
    private static final String CLUSTER = "ZnJlc2hldC1mYXVsdHMtMQ";
    private static final String MAIN_CLASS = "kafka.Kafka";
    private static final String HEAP = "400m";

    private final ChildJvm process;

    private KafkaNode(ChildJvm process) {
        this.process = process;
    }

    /**
     * Starts a node; returns before it is ready.
     *
     * @param directory of its topics, formatted unless it was already, and of its log
     * @param settings those of a {@code server.properties}, with {@code node.id}
     */
    public static KafkaNode start(Path directory, Map<String, String> settings) throws Exception {
        Path data = directory.resolve("data");
        if (!Files.exists(data.resolve("meta.properties"))) {
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8))
                    .setNodeId(Integer.parseInt(settings.get("node.id")))
                    .setClusterId(CLUSTER)
                    .setControllerListenerName(settings.get("controller.listener.names"))
                    .addDirectory(data.toString())
                    .setMetadataLogDirectory(data.toString())
                    .run();
        }
        Properties properties = new Properties();
        properties.putAll(settings);
        properties.setProperty("log.dirs", data.toString());
        Path file = directory.resolve("server.properties");
        try (Writer out = Files.newBufferedWriter(file)) {
            properties.store(out, null);
        }
        return new KafkaNode(ChildJvm.start(
                MAIN_CLASS,
                List.of(file.toString()),
                System.getProperty("java.class.path"),
                HEAP,
                directory.resolve("kafka.log")));
    }

    /** Kills the process, as a loss of power would. */
    public void kill() {
        process.kill();
    }

    @Override
    public void close() {
        kill();
    }
}

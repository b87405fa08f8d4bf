package io.freshet.faults.brokers;

import static org.awaitility.Awaitility.await;

import io.freshet.faults.cluster.FreePorts;
import io.freshet.faults.cluster.KafkaNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.utils.Utils;

/** Three brokers, each a process with a disk of its own, for topics of three replicas of which two must have each record. */
final class ThreeBrokers implements AutoCloseable {
    static final int COUNT = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Path directory;
    private final Map<Integer, KafkaNode> nodes = new TreeMap<>();
    private final Map<Integer, Integer> ports = new TreeMap<>();
    private final Map<Integer, Integer> controllerPorts = new TreeMap<>();
    private final Admin admin;

    /** Starts the brokers, and waits until all have joined. */
    ThreeBrokers(Path directory) throws Exception {
        this.directory = directory;
        FreePorts free = new FreePorts();
        for (int id = 1; id <= COUNT; id++) {
            ports.put(id, free.next());
            controllerPorts.put(id, free.next());
        }
        for (int id = 1; id <= COUNT; id++) {
            start(id);
        }
        admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()));
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> admin.describeCluster().nodes().get().size() == COUNT);
    }

    String bootstrapServers() {
        return ports.values().stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    }

    /** Starts a broker; with an empty disk, unless it has run before. */
    void start(int id) throws Exception {
        nodes.put(id, KafkaNode.start(Files.createDirectories(disk(id)), settings(id)));
    }

    /** Kills a broker, and deletes its disk. */
    void destroy(int id) throws Exception {
        KafkaNode node = nodes.remove(id);
        if (node == null) {
            throw new IllegalStateException("broker " + id + ": not running");
        }
        node.kill();
        Utils.delete(disk(id).toFile());
    }

    /** Returns the broker that leads most partitions of these topics. */
    int leader(Set<String> topics) throws Exception {
        Map<Integer, Integer> led = new HashMap<>();
        for (TopicDescription topic :
                admin.describeTopics(topics).allTopicNames().get().values()) {
            topic.partitions().forEach(partition -> led.merge(partition.leader().id(), 1, Integer::sum));
        }
        return led.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }

    /** Waits until all replicas of these topics, and of Kafka's own, have all records. */
    void awaitInSync(Set<String> topics) {
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> admin.describeTopics(topics).allTopicNames().get().values().stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .allMatch(partition -> partition.isr().size() == COUNT));
    }

    private Path disk(int id) {
        return directory.resolve("broker-" + id);
    }

    private Map<String, String> settings(int id) {
        String voters = controllerPorts.entrySet().stream()
                .map(node -> node.getKey() + "@127.0.0.1:" + node.getValue())
                .collect(Collectors.joining(","));
        String address = "127.0.0.1:" + ports.get(id);
        Map<String, String> settings = new HashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", Integer.toString(id));
        settings.put("controller.quorum.voters", voters);
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("listeners", "PLAINTEXT://" + address + ",CONTROLLER://127.0.0.1:" + controllerPorts.get(id));
        settings.put("advertised.listeners", "PLAINTEXT://" + address);
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("min.insync.replicas", "2");
        settings.put("default.replication.factor", Integer.toString(COUNT));
        settings.put("unclean.leader.election.enable", "false");
        settings.put("auto.create.topics.enable", "false");
        settings.put("group.initial.rebalance.delay.ms", "0");
        for (String topic : List.of("offsets.topic", "transaction.state.log")) {
            settings.put(topic + ".replication.factor", Integer.toString(COUNT));
            settings.put(topic + ".num.partitions", "4");
        }
        settings.put("transaction.state.log.min.isr", "2");
        // Notices a killed broker after 2 s instead of 9 s.
        settings.put("broker.session.timeout.ms", "2000");
        settings.put("broker.heartbeat.interval.ms", "500");
        settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(2 << 20));
        return settings;
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
        nodes.values().forEach(KafkaNode::close);
    }
}

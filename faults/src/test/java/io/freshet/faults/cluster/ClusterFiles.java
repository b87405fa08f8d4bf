package io.freshet.faults.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The files of a cluster, which outlive its processes, and its Flink configuration.
 *
 * @param directory that contains all of them
 */
public record ClusterFiles(Path directory) {
    public Path kafka() {
        return directory.resolve("kafka");
    }

    public Path checkpoints() {
        return directory.resolve("checkpoints");
    }

    public Path savepoints() {
        return directory.resolve("savepoints");
    }

    public Path configuration() {
        return directory.resolve("conf");
    }

    /** Where ZooKeeper keeps who leads, and which checkpoints there are. */
    public Path zookeeper() {
        return directory.resolve("zookeeper");
    }

    /** Where job managers keep the graphs of jobs and the metadata of checkpoints, for each other. */
    private Path highAvailability() {
        return directory.resolve("ha");
    }

    /**
     * Writes Flink's configuration.
     *
     * @param rpcPort of the job manager, where task managers look for it
     * @param backend state backend: {@code hashmap} or {@code rocksdb}
     */
    void configure(int rpcPort, int parallelism, String backend) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("jobmanager.rpc.address", "127.0.0.1");
        settings.put("jobmanager.rpc.port", rpcPort);
        settings.put("jobmanager.bind-host", "127.0.0.1");
        settings.put("rest.address", "127.0.0.1");
        settings.put("rest.bind-address", "127.0.0.1");
        settings.put("taskmanager.host", "127.0.0.1");
        settings.put("taskmanager.bind-host", "127.0.0.1");
        settings.put("taskmanager.numberOfTaskSlots", 1);
        // Flink's scripts would derive the memory settings; without them, each must be configured.
        settings.put("taskmanager.cpu.cores", 1.0);
        settings.put("taskmanager.memory.framework.heap.size", "128m");
        settings.put("taskmanager.memory.framework.off-heap.size", "64m");
        settings.put("taskmanager.memory.task.heap.size", "128m");
        settings.put("taskmanager.memory.task.off-heap.size", "64m");
        settings.put("taskmanager.memory.network.min", "32m");
        settings.put("taskmanager.memory.network.max", "32m");
        settings.put("taskmanager.memory.managed.size", backend.equals("rocksdb") ? "64m" : "0m");
        settings.put("taskmanager.memory.jvm-metaspace.size", "128m");
        settings.put("taskmanager.memory.jvm-overhead.min", "64m");
        settings.put("taskmanager.memory.jvm-overhead.max", "64m");
        settings.put("taskmanager.registration.timeout", "60 s");
        settings.put("parallelism.default", parallelism);
        settings.put("state.backend.type", backend);
        settings.put("execution.checkpointing.timeout", "20 s");
        settings.putAll(CheckpointSettings.of(checkpoints(), "500 ms"));
        settings.put("heartbeat.interval", "500 ms");
        settings.put("heartbeat.timeout", "4 s");
        write(settings);
    }

    /** Adds to the configuration that job managers elect a leader, and that the next one takes over its jobs. */
    void configureHighAvailability(int zookeeperPort) {
        write(Map.of(
                "high-availability.type",
                "zookeeper",
                "high-availability.storageDir",
                highAvailability().toUri(),
                "high-availability.zookeeper.quorum",
                "127.0.0.1:" + zookeeperPort,
                "high-availability.zookeeper.client.session-timeout",
                "4 s"));
    }

    private void write(Map<String, Object> settings) {
        String yaml = settings.entrySet().stream()
                .map(entry -> entry.getKey() + ": " + entry.getValue())
                .collect(Collectors.joining("\n", "", "\n"));
        try {
            Files.createDirectories(configuration());
            Files.writeString(
                    configuration().resolve("config.yaml"), yaml, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

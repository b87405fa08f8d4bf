package io.freshet.faults.loop;

import io.freshet.faults.cluster.ChildJvm;
import io.freshet.faults.cluster.FreePorts;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/** A broker, a server, the join, and a trainer, each in its own JVM. Not thread-safe. */
final class LoopProcesses implements AutoCloseable {
    private final Map<LoopProcess, ChildJvm> running = new EnumMap<>(LoopProcess.class);
    private final Path directory;
    private final Path logs;
    private final String prefix;
    private final int brokerPort;
    private final int serverPort;

    /**
     * @param directory of topics and checkpoints, which outlive a process
     * @param logs directory with one log file for each process
     */
    LoopProcesses(Path directory, Path logs, String prefix) {
        FreePorts free = new FreePorts();
        this.directory = directory;
        this.logs = logs;
        this.prefix = prefix;
        brokerPort = free.next();
        serverPort = free.next();
    }

    String bootstrapServers() {
        return "127.0.0.1:" + brokerPort;
    }

    String serverAddress() {
        return "http://127.0.0.1:" + serverPort;
    }

    void start(LoopProcess part) {
        running.put(
                part,
                ChildJvm.start(
                        part.mainClass,
                        part.arguments(directory, prefix, brokerPort, serverPort),
                        System.getProperty("java.class.path"),
                        part.heap,
                        logs.resolve(part.title() + ".log")));
    }

    void kill(LoopProcess part) {
        ChildJvm process = running.get(part);
        if (process == null) {
            throw new IllegalStateException(part + ": never started");
        }
        process.kill();
    }

    /** Starts the processes again that have exited: jobs exit if the broker is down when they start. */
    void supervise() {
        running.forEach((part, process) -> {
            if (!process.isAlive()) {
                start(part);
            }
        });
    }

    @Override
    public void close() {
        running.values().forEach(ChildJvm::close);
    }
}

package io.freshet.faults;

import static org.awaitility.Awaitility.await;

import io.freshet.job.FreshetJob;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * Kafka, one job manager that runs the job alone, and task managers: a process each, from the class path of the test, as
 * containers would run them. Who has ended is started again, by {@link #supervise}; the job manager then goes on from the
 * newest checkpoint. Not thread-safe.
 */
final class TrainerCluster implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final Map<Part, ChildJvm> running = new EnumMap<>(Part.class);
    private final Set<Part> killed = EnumSet.noneOf(Part.class);
    private final List<String> endedByThemselves = new ArrayList<>();
    private final ClusterFiles files;
    private final Path logs;
    private final String prefix;
    private final int brokerPort;
    private final FlinkRest rest;
    private final Thread hook = new Thread(this::killAll);
    private String classPath = System.getProperty("java.class.path");
    private String savepoint = "";

    /**
     * @param directory of topics, checkpoints and savepoints
     * @param logs where each process writes a file
     * @param prefix of the topics
     * @param backend of the state: {@code hashmap} or {@code rocksdb}
     */
    TrainerCluster(Path directory, Path logs, String prefix, int parallelism, String backend) {
        this.logs = logs;
        this.prefix = prefix;
        FreePorts ports = new FreePorts();
        brokerPort = ports.next();
        int restPort = ports.next();
        files = new ClusterFiles(directory);
        files.configure(ports.next(), restPort, parallelism, backend);
        rest = new FlinkRest(URI.create("http://127.0.0.1:" + restPort));
        Runtime.getRuntime().addShutdownHook(hook);
    }

    String bootstrapServers() {
        return "127.0.0.1:" + brokerPort;
    }

    ClusterFiles files() {
        return files;
    }

    FlinkRest rest() {
        return rest;
    }

    /** Has every process that is started from now on look here for classes first. */
    void classPathBegins(Path jar) {
        classPath = jar + System.getProperty("path.separator") + System.getProperty("java.class.path");
    }

    /** Has the job manager go on from a savepoint the next time that it is started. */
    void startFrom(String savepoint) {
        this.savepoint = savepoint;
    }

    void start(Part part) {
        running.put(
                part,
                ChildJvm.start(
                        part.mainClass, arguments(part), classPath, part.heap, logs.resolve(part.title() + ".log")));
    }

    void kill(Part part) {
        process(part).kill();
        killed.add(part);
    }

    void pause(Part part, Duration time) {
        process(part).pause(time);
    }

    /** Starts again who has ended. */
    void supervise() {
        running.forEach((part, process) -> {
            if (!process.isAlive()) {
                if (!killed.remove(part)) {
                    endedByThemselves.add(part.title());
                }
                start(part);
            }
        });
    }

    /** Returns who has ended and was not killed, since the last time that this was asked. */
    List<String> endedByThemselves() {
        List<String> ended = List.copyOf(endedByThemselves);
        endedByThemselves.clear();
        return ended;
    }

    /** Waits until something is so, while it looks after the processes. */
    void awaitThat(String what, Callable<Boolean> condition) {
        await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).until(() -> {
            supervise();
            return condition.call();
        });
    }

    /** Waits until the job has completed a checkpoint after now: then it runs, and would lose nothing before it. */
    void awaitCheckpoint() {
        Optional<FlinkRest.Job> before = rest.job();
        awaitThat("a checkpoint", () -> {
            Optional<FlinkRest.Job> now = rest.job();
            int known = before.isPresent()
                            && now.isPresent()
                            && now.get().id().equals(before.get().id())
                    ? before.get().completed()
                    : 0;
            return now.isPresent()
                    && now.get().state().equals("RUNNING")
                    && now.get().completed() > known;
        });
    }

    private ChildJvm process(Part part) {
        ChildJvm process = running.get(part);
        if (process == null) {
            throw new IllegalStateException(part + ": never started");
        }
        return process;
    }

    private List<String> arguments(Part part) {
        if (part == Part.BROKER) {
            return List.of(files.kafka().toString(), Integer.toString(brokerPort));
        }
        List<String> arguments = new ArrayList<>(List.of(
                "--configDir",
                files.configuration().toString(),
                "-Dio.tmp.dirs=" + files.directory().resolve(part.title())));
        if (part == Part.JOB_MANAGER) {
            if (!savepoint.isEmpty()) {
                arguments.addAll(List.of("--fromSavepoint", savepoint));
            }
            arguments.addAll(List.of(
                    "--job-classname",
                    FreshetJob.class.getName(),
                    "--bootstrap-servers",
                    bootstrapServers(),
                    "--prefix",
                    prefix,
                    "--resume",
                    files.checkpoints().toUri().toString()));
        }
        return arguments;
    }

    private void killAll() {
        running.values().forEach(ChildJvm::close);
    }

    @Override
    public void close() {
        killAll();
        Runtime.getRuntime().removeShutdownHook(hook);
    }
}

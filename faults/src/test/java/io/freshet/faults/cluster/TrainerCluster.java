package io.freshet.faults.cluster;

import static org.awaitility.Awaitility.await;

import io.freshet.job.FreshetJob;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Kafka, an application-mode job manager, and task managers: one process each, like containers, with the class path of
 * the test. {@link #supervise} restarts processes that have exited; the job manager then resumes from the newest
 * checkpoint. Not thread-safe.
 */
public final class TrainerCluster implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final Map<ClusterProcess, ChildJvm> running = new EnumMap<>(ClusterProcess.class);
    private final Set<ClusterProcess> killed = EnumSet.noneOf(ClusterProcess.class);
    private final List<String> exitedUnexpectedly = new ArrayList<>();
    private final ClusterFiles files;
    private final Path logs;
    private final String prefix;
    private final int brokerPort;
    private final FlinkRest rest;
    private final Thread hook = new Thread(this::killAll);
    private String classPath = System.getProperty("java.class.path");
    private String savepoint = "";

    /**
     * @param directory of topics, checkpoints, and savepoints
     * @param logs directory with one log file for each process
     * @param prefix of the topics
     * @param backend state backend: {@code hashmap} or {@code rocksdb}
     */
    public TrainerCluster(Path directory, Path logs, String prefix, int parallelism, String backend) {
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

    public String bootstrapServers() {
        return "127.0.0.1:" + brokerPort;
    }

    public ClusterFiles files() {
        return files;
    }

    public FlinkRest rest() {
        return rest;
    }

    /** Puts a jar first on the class path of every process started from now on. */
    public void prependToClassPath(Path jar) {
        classPath = jar + System.getProperty("path.separator") + System.getProperty("java.class.path");
    }

    /** Removes the jars whose path contains a text from the class path of every process started from now on. */
    public void removeFromClassPath(String text) {
        String separator = System.getProperty("path.separator");
        classPath = Arrays.stream(classPath.split(Pattern.quote(separator)))
                .filter(entry -> !entry.contains(text))
                .collect(Collectors.joining(separator));
    }

    /** Gives every process started from now on the class path of the test. */
    public void restoreClassPath() {
        classPath = System.getProperty("java.class.path");
    }

    /** Makes the next start of the job manager restore a savepoint. */
    public void startFrom(String savepoint) {
        this.savepoint = savepoint;
    }

    public void start(ClusterProcess part) {
        running.put(
                part,
                ChildJvm.start(
                        part.mainClass, arguments(part), classPath, part.heap, logs.resolve(part.title() + ".log")));
    }

    public void kill(ClusterProcess part) {
        process(part).kill();
        killed.add(part);
    }

    public void pause(ClusterProcess part, Duration time) {
        process(part).pause(time);
    }

    /** Restarts processes that have exited. */
    public void supervise() {
        running.forEach((part, process) -> {
            if (!process.isAlive()) {
                if (!killed.remove(part)) {
                    exitedUnexpectedly.add(part.title());
                }
                start(part);
            }
        });
    }

    /** Returns the processes that exited without a kill since the last call. */
    public List<String> exitedUnexpectedly() {
        List<String> exited = List.copyOf(exitedUnexpectedly);
        exitedUnexpectedly.clear();
        return exited;
    }

    /** Waits for a condition while supervising the processes. */
    public void awaitUntil(String what, Callable<Boolean> condition) {
        await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).until(() -> {
            supervise();
            return condition.call();
        });
    }

    /** Waits until the job is running and has completed another checkpoint. */
    public void awaitCheckpoint() {
        Optional<FlinkRest.Job> before = rest.job();
        awaitUntil("a checkpoint", () -> {
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

    private ChildJvm process(ClusterProcess part) {
        ChildJvm process = running.get(part);
        if (process == null) {
            throw new IllegalStateException(part + ": never started");
        }
        return process;
    }

    private List<String> arguments(ClusterProcess part) {
        if (part == ClusterProcess.BROKER) {
            return List.of(files.kafka().toString(), Integer.toString(brokerPort));
        }
        List<String> arguments = new ArrayList<>(List.of(
                "--configDir",
                files.configuration().toString(),
                "-Dio.tmp.dirs=" + files.directory().resolve(part.title())));
        if (part == ClusterProcess.JOB_MANAGER) {
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

package io.freshet.faults.cluster;

import static org.awaitility.Awaitility.await;

import io.freshet.job.FreshetJob;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
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
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Kafka, job managers, and task managers: one process each, like containers, with the class path of the test. Either
 * there is one job manager, of an application cluster, or there are two of a session cluster and ZooKeeper. {@link
 * #supervise} restarts processes that have exited. The job manager of an application cluster then resumes from the
 * newest checkpoint. Not thread-safe.
 */
public final class TrainerCluster implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    /** ZooKeeper's unit of time. A session times out after at least two. */
    private static final String TICK_MILLIS = "1000";

    private final Map<ClusterProcess, ChildJvm> running = new EnumMap<>(ClusterProcess.class);
    private final Set<ClusterProcess> killed = EnumSet.noneOf(ClusterProcess.class);
    private final List<String> exitedUnexpectedly = new ArrayList<>();
    private final ClusterFiles files;
    private final Path logs;
    private final String prefix;
    private final Map<ClusterProcess, Integer> ports = new EnumMap<>(ClusterProcess.class);
    private final FlinkRest rest;
    private final Thread hook = new Thread(this::killAll);
    private String classPath = System.getProperty("java.class.path");
    private String savepoint = "";
    private String checkpointInterval = "0.5s";

    /**
     * @param directory of topics, checkpoints, and savepoints
     * @param logs directory with one log file for each process
     * @param prefix of the topics
     * @param backend state backend: {@code hashmap} or {@code rocksdb}
     */
    public TrainerCluster(Path directory, Path logs, String prefix, int parallelism, String backend) {
        this.logs = logs;
        this.prefix = prefix;
        FreePorts free = new FreePorts();
        for (ClusterProcess part : ClusterProcess.values()) {
            ports.put(part, free.next());
        }
        files = new ClusterFiles(directory);
        files.configure(free.next(), parallelism, backend);
        rest = new FlinkRest(Stream.of(
                        ClusterProcess.JOB_MANAGER, ClusterProcess.SESSION_MANAGER_1, ClusterProcess.SESSION_MANAGER_2)
                .map(manager -> URI.create("http://127.0.0.1:" + ports.get(manager)))
                .toList());
        Runtime.getRuntime().addShutdownHook(hook);
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + ports.get(ClusterProcess.BROKER);
    }

    public ClusterFiles files() {
        return files;
    }

    public FlinkRest rest() {
        return rest;
    }

    /** Makes the job managers started from now on elect a leader, through ZooKeeper. */
    public void electLeaders() {
        files.configureHighAvailability(ports.get(ClusterProcess.ZOOKEEPER));
    }

    /** Sets the time between checkpoints of jobs started from now on. */
    public void checkpointEvery(String interval) {
        checkpointInterval = interval;
    }

    /** Submits the job to the leader of the session cluster. */
    public void submit(Path jar) {
        FlinkRun.submit(files.configuration(), jar, jobOptions());
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

    /** Kills processes, all at once. */
    public void kill(ClusterProcess... parts) {
        for (ClusterProcess part : parts) {
            process(part).signalKill();
            killed.add(part);
        }
        for (ClusterProcess part : parts) {
            process(part).kill();
        }
    }

    public void pause(ClusterProcess part, Duration time) {
        process(part).pause(time);
    }

    /** Returns whether a process accepts connections, which every one except task managers does. */
    public boolean isReachable(ClusterProcess part) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), ports.get(part))) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
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

    /** Takes a checkpoint of the job, besides those that it takes by itself. */
    public void checkpoint() throws IOException {
        FlinkRest.Job before = rest.job().orElseThrow();
        rest.checkpoint(before.id());
        awaitUntil("the checkpoint", () -> rest.job().orElse(before).completed() > before.completed());
    }

    /** Stops the job with a savepoint; returns where it is. */
    public String stopWithSavepoint() throws IOException {
        String job = rest.job().orElseThrow().id();
        String request = rest.stop(job, files.savepoints());
        AtomicReference<String> savepoint = new AtomicReference<>("");
        awaitUntil("the savepoint", () -> {
            rest.savepoint(job, request).ifPresent(savepoint::set);
            return !savepoint.get().isEmpty();
        });
        return savepoint.get();
    }

    /** Runs a command of {@code freshet} on the topics of the job; returns what it prints. */
    public String freshet(String... arguments) {
        return FreshetRun.done(bootstrapServers(), prefix, arguments);
    }

    /** Waits until a process exits by itself. */
    public void awaitExit(ClusterProcess part) {
        ChildJvm process = process(part);
        await(part.title() + " to exit").atMost(PATIENCE).until(() -> !process.isAlive());
        running.remove(part);
    }

    private ChildJvm process(ClusterProcess part) {
        ChildJvm process = running.get(part);
        if (process == null) {
            throw new IllegalStateException(part + ": never started");
        }
        return process;
    }

    private List<String> arguments(ClusterProcess part) {
        String port = Integer.toString(ports.get(part));
        List<String> arguments = new ArrayList<>();
        switch (part) {
            case BROKER -> arguments.addAll(List.of(files.kafka().toString(), port));
            case ZOOKEEPER -> arguments.addAll(List.of(port, files.zookeeper().toString(), TICK_MILLIS));
            case TASK_MANAGER_1, TASK_MANAGER_2 -> arguments.addAll(flinkOptions(part));
            case SESSION_MANAGER_1, SESSION_MANAGER_2 -> {
                arguments.addAll(flinkOptions(part));
                arguments.addAll(List.of("-Drest.port=" + port, "-Drest.bind-port=" + port));
            }
            case JOB_MANAGER -> {
                arguments.addAll(flinkOptions(part));
                arguments.addAll(List.of("-Drest.port=" + port, "-Drest.bind-port=" + port));
                if (!savepoint.isEmpty()) {
                    arguments.addAll(List.of("--fromSavepoint", savepoint));
                }
                arguments.addAll(List.of("--job-classname", FreshetJob.class.getName()));
                arguments.addAll(jobOptions());
                arguments.addAll(List.of("--resume", files.checkpoints().toUri().toString()));
            }
        }
        return arguments;
    }

    private List<String> flinkOptions(ClusterProcess part) {
        return List.of(
                "--configDir",
                files.configuration().toString(),
                "-Dio.tmp.dirs=" + files.directory().resolve(part.title()));
    }

    private List<String> jobOptions() {
        return List.of(
                "--bootstrap-servers",
                bootstrapServers(),
                "--prefix",
                prefix,
                "--checkpoint-interval",
                checkpointInterval);
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

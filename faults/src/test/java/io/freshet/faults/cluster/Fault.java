package io.freshet.faults.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A fault of one process of a running cluster. Faults of task managers hit one of them at random. */
public enum Fault {
    KILL_TASK_MANAGER,
    KILL_JOB_MANAGER,
    KILL_BROKER,
    PAUSE_TASK_MANAGER,
    PAUSE_JOB_MANAGER,
    PAUSE_BROKER;

    /** The heartbeat timeout is four seconds, so only some pauses are detected. */
    private static final int SHORTEST_PAUSE_MILLIS = 500;

    private static final int LONGEST_PAUSE_MILLIS = 8_000;

    /** Returns {@code count} faults, every kind once before any repeats. */
    public static List<Fault> draw(int count, SplittableRandom random) {
        List<Fault> drawn = new ArrayList<>();
        List<Fault> left = new ArrayList<>();
        while (drawn.size() < count) {
            if (left.isEmpty()) {
                left.addAll(List.of(values()));
            }
            drawn.add(left.remove(random.nextInt(left.size())));
        }
        return drawn;
    }

    /** Injects the fault and describes it. A killed process is not restarted yet. */
    public String inject(TrainerCluster cluster, SplittableRandom random) {
        ClusterProcess part = switch (this) {
            case KILL_BROKER, PAUSE_BROKER -> ClusterProcess.BROKER;
            case KILL_JOB_MANAGER, PAUSE_JOB_MANAGER -> ClusterProcess.JOB_MANAGER;
            case KILL_TASK_MANAGER, PAUSE_TASK_MANAGER ->
                random.nextBoolean() ? ClusterProcess.TASK_MANAGER_1 : ClusterProcess.TASK_MANAGER_2;
        };
        if (name().startsWith("KILL")) {
            cluster.kill(part);
            return "kill " + part.title();
        }
        int millis = random.nextInt(SHORTEST_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS);
        cluster.pause(part, Duration.ofMillis(millis));
        return "pause " + part.title() + " for " + millis + " ms";
    }
}

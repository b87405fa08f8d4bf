package io.freshet.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What is done to a part of a running cluster; which of the task managers is drawn. */
enum Fault {
    KILL_TASK_MANAGER,
    KILL_JOB_MANAGER,
    KILL_BROKER,
    PAUSE_TASK_MANAGER,
    PAUSE_JOB_MANAGER,
    PAUSE_BROKER;

    /** Heartbeats are missed after four seconds: some pauses are noticed, some are not. */
    private static final int SHORTEST_PAUSE_MILLIS = 500;

    private static final int LONGEST_PAUSE_MILLIS = 8_000;

    /** Returns so many, every kind once before any comes again. */
    static List<Fault> draw(int count, SplittableRandom random) {
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

    /** Whether what was learned since the last checkpoint is gone and has to be learned again. */
    boolean undoesLearning() {
        return this == KILL_TASK_MANAGER || this == KILL_JOB_MANAGER;
    }

    /** Does it; returns what was done. A killed process is dead, and nobody has started it again yet. */
    String inject(TrainerCluster cluster, SplittableRandom random) {
        Part part = switch (this) {
            case KILL_BROKER, PAUSE_BROKER -> Part.BROKER;
            case KILL_JOB_MANAGER, PAUSE_JOB_MANAGER -> Part.JOB_MANAGER;
            case KILL_TASK_MANAGER, PAUSE_TASK_MANAGER ->
                random.nextBoolean() ? Part.TASK_MANAGER_1 : Part.TASK_MANAGER_2;
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

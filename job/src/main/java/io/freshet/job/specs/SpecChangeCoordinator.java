package io.freshet.job.specs;

import io.freshet.job.observe.Heartbeats;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator;
import org.apache.flink.runtime.operators.coordination.OperatorEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the log of changes on the job manager, and sends every change to all subtasks at once.
 *
 * <p>Flink orders the events of a coordinator and its checkpoints: a change sent before the coordinator's checkpoint reaches
 * every subtask before that checkpoint's barrier, and a later one reaches every subtask after it. One thread sends the changes
 * and completes the checkpoints, so a checkpoint never divides the subtasks.
 *
 * <p>The position in the log is state of the subtasks, which report it when they start. After a failure, the log is read from
 * there again. A subtask whose input has ended inserts no more changes. If it is restored in that state, it may be behind the
 * others, and first receives what it lacks. Subtasks wait with their first record until they have received every change that the log had by then, so that
 * nothing is learned for a model that is deleted. If only some subtasks restart, their positions are behind those of the others.
 * Then no checkpoint completes, and the coordinator restarts the whole job.
 *
 * <p>As the one part of the job that exists once and is not a task, it also sends the heartbeats.
 */
final class SpecChangeCoordinator implements OperatorCoordinator {
    private static final Logger LOG = LoggerFactory.getLogger(SpecChangeCoordinator.class);
    private static final long POLL_MILLIS = 250;
    private static final byte[] NO_STATE = {};
    private static final CompletableFuture<?> DELIVERED = CompletableFuture.completedFuture(null);

    private final Context context;
    private final SpecChangeLog log;
    private final @Nullable Heartbeats heartbeats;
    private final ScheduledExecutorService thread;
    /** The subtasks by index; null if not running. */
    private final List<@Nullable Subtask> subtasks = new ArrayList<>();

    private SpecChangeLog.@Nullable Reader reader;
    /** Whether the subtasks know that they have received the changes that the log had when it was opened. */
    private boolean caughtUp;

    /** The delivery of the last changes. Flink may never complete it if a receiver stops: it forgets held back events. */
    private CompletableFuture<?> sent = DELIVERED;

    /** Checkpoints that started before all subtasks were ready. */
    private final List<CompletableFuture<byte[]>> checkpoints = new ArrayList<>();

    /** A subtask that is starting. It is ready when the position and the gateway are set, in either order. */
    private static final class Subtask {
        private @Nullable Long position;
        private @Nullable SubtaskGateway gateway;
        /** Whether its input had ended, so that its position may be behind. */
        private boolean ended;

        boolean isReady() {
            return position != null && gateway != null;
        }

        boolean isFinished() {
            return position != null && position == SpecPosition.FINISHED;
        }

        /** Sends a change that the subtask does not have yet. */
        CompletableFuture<?> send(SpecChangeLog.Entry entry) {
            if (entry.next() <= Objects.requireNonNull(position)) {
                return DELIVERED;
            }
            position = entry.next();
            return Objects.requireNonNull(gateway).sendEvent(new SpecChangeEvent(entry));
        }
    }

    /** @param heartbeats to start and to close; null for none */
    SpecChangeCoordinator(Context context, SpecChangeLog log, @Nullable Heartbeats heartbeats) {
        this.context = context;
        this.log = log;
        this.heartbeats = heartbeats;
        thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread created = new Thread(task, "specification-changes");
            created.setDaemon(true);
            created.setContextClassLoader(context.getUserCodeClassloader());
            return created;
        });
    }

    @Override
    public void start() {
        run(() -> {
            for (int i = 0; i < context.currentParallelism(); i++) {
                subtasks.add(null);
            }
        });
        thread.scheduleWithFixedDelay(() -> attempt(this::send), POLL_MILLIS, POLL_MILLIS, TimeUnit.MILLISECONDS);
        if (heartbeats != null) {
            heartbeats.start(context.currentParallelism());
        }
    }

    @Override
    public void handleEventFromOperator(int subtask, int attempt, OperatorEvent event) {
        run(() -> {
            if (event instanceof ReadOffsetsEvent read) {
                report(subtask, read);
                return;
            }
            SpecPositionEvent started = (SpecPositionEvent) event;
            subtask(subtask).position = started.position();
            subtask(subtask).ended = started.ended();
            completeCheckpoints();
            send();
        });
    }

    private void report(int subtask, ReadOffsetsEvent read) {
        if (heartbeats != null) {
            heartbeats.report(subtask, read.offsets(), read.models());
        }
    }

    @Override
    public void executionAttemptReady(int subtask, int attempt, SubtaskGateway gateway) {
        run(() -> {
            subtask(subtask).gateway = gateway;
            completeCheckpoints();
            send();
        });
    }

    private Subtask subtask(int index) {
        Subtask subtask = subtasks.get(index);
        if (subtask == null) {
            subtask = new Subtask();
            subtasks.set(index, subtask);
        }
        return subtask;
    }

    @Override
    public void executionAttemptFailed(int subtask, int attempt, @Nullable Throwable reason) {
        run(() -> stop(subtask));
    }

    @Override
    public void subtaskReset(int subtask, long checkpointId) {
        run(() -> stop(subtask));
    }

    private void stop(int subtask) {
        subtasks.set(subtask, null);
        checkpoints.forEach(checkpoint ->
                checkpoint.completeExceptionally(new IllegalStateException("subtask " + subtask + " has stopped")));
        checkpoints.clear();
        sent = DELIVERED;
        closeReader();
        if (heartbeats != null) {
            heartbeats.stopped(subtask);
        }
    }

    private void stopAll() {
        for (int i = 0; i < subtasks.size(); i++) {
            stop(i);
        }
    }

    @Override
    public void resetToCheckpoint(long checkpointId, byte @Nullable [] state) {
        run(this::stopAll);
    }

    @Override
    public void checkpointCoordinator(long checkpointId, CompletableFuture<byte[]> result) {
        run(() -> {
            checkpoints.add(result);
            completeCheckpoints();
        });
    }

    /** Completes the checkpoints that have started, if all subtasks are ready at one position. */
    private void completeCheckpoints() {
        if (isReady()) {
            position();
            checkpoints.forEach(checkpoint -> checkpoint.complete(NO_STATE));
            checkpoints.clear();
        }
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {}

    /** Sends new changes if all subtasks are ready and have received the previous ones. All are finished, or none is. */
    private void send() {
        if (!sent.isDone()
                || !isReady()
                || subtasks.stream().allMatch(subtask -> subtask != null && subtask.isFinished())) {
            return;
        }
        if (reader == null) {
            reader = log.open(firstPosition());
            caughtUp = false;
        }
        List<CompletableFuture<?>> sending = new ArrayList<>();
        for (SpecChangeLog.Entry entry : reader.poll()) {
            for (Subtask subtask : subtasks) {
                sending.add(Objects.requireNonNull(subtask).send(entry));
            }
        }
        boolean catchingUp = !caughtUp;
        if (catchingUp && reader.hasCaughtUp()) {
            caughtUp = true;
            sending.add(sendToAll(new CaughtUpEvent()));
        }
        sent = CompletableFuture.allOf(sending.toArray(CompletableFuture[]::new));
        if (catchingUp) {
            // The subtasks are waiting.
            sent.thenRun(() -> run(this::send));
        }
    }

    private CompletableFuture<?> sendToAll(OperatorEvent event) {
        return CompletableFuture.allOf(subtasks.stream()
                .map(subtask -> Objects.requireNonNull(Objects.requireNonNull(subtask).gateway))
                .map(gateway -> gateway.sendEvent(event))
                .toArray(CompletableFuture[]::new));
    }

    private boolean isReady() {
        return subtasks.stream().allMatch(subtask -> subtask != null && subtask.isReady());
    }

    /** Returns where to read from, and gives the subtasks without state the position of the others. */
    private long firstPosition() {
        long position = position();
        long first = position;
        for (Subtask subtask : subtasks) {
            long own = Objects.requireNonNull(Objects.requireNonNull(subtask).position);
            if (own == SpecPosition.UNKNOWN) {
                subtask.position = position;
            } else {
                first = Math.min(first, own);
            }
        }
        return first;
    }

    /** Returns the position of all subtasks. Those whose input had ended may be behind it. */
    private long position() {
        List<Subtask> known = subtasks.stream()
                .filter(subtask -> subtask != null && subtask.position != null && subtask.position >= 0)
                .map(Objects::requireNonNull)
                .toList();
        List<Long> positions = known.stream()
                .filter(subtask -> !subtask.ended)
                .map(subtask -> Objects.requireNonNull(subtask.position))
                .distinct()
                .toList();
        if (positions.size() > 1) {
            throw new IllegalStateException(
                    "positions " + positions + " of the subtasks in the specifications (expected: one position)");
        }
        return positions.isEmpty()
                ? known.stream()
                        .mapToLong(subtask -> Objects.requireNonNull(subtask.position))
                        .max()
                        .orElse(log.start())
                : positions.get(0);
    }

    private void run(Runnable action) {
        if (!thread.isShutdown()) {
            thread.execute(() -> attempt(action));
        }
    }

    private void attempt(Runnable action) {
        try {
            action.run();
        } catch (Throwable e) {
            // All subtasks restart, and report their positions again.
            stopAll();
            context.failJob(e);
        }
    }

    private void closeReader() {
        SpecChangeLog.Reader closing = reader;
        reader = null;
        if (closing != null) {
            try {
                closing.close();
            } catch (RuntimeException e) {
                LOG.warn("The reader of changed specifications failed to close, and is left", e);
            }
        }
    }

    @Override
    public void close() {
        run(this::closeReader);
        thread.shutdown();
        if (heartbeats != null) {
            heartbeats.close();
        }
    }
}

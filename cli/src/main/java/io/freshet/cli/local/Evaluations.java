package io.freshet.cli.local;

import io.freshet.schemas.Evaluation;
import io.freshet.schemas.EvaluationCodec;
import io.freshet.schemas.MalformedRecordException;
import io.freshet.schemas.Scoreboard;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Collects what the metrics topic says of models: the newest of each key, and every window. Not thread-safe. */
final class Evaluations {
    private final EvaluationCodec codec = new EvaluationCodec();
    private final Scoreboard scoreboard = new Scoreboard();
    /** By model, key and index, so that a window that a replay repeats stands here once. */
    private final Map<Window, Evaluation> windows = new TreeMap<>();

    private final Map<String, Long> startedAt = new TreeMap<>();
    private final Map<String, Long> emittedAt = new TreeMap<>();

    private record Window(String model, String key, long index) implements Comparable<Window> {
        private static final Comparator<Window> ORDER =
                Comparator.comparing(Window::model).thenComparing(Window::key).thenComparing(Window::index);

        @Override
        public int compareTo(Window other) {
            return ORDER.compare(this, other);
        }
    }

    /** Takes an evaluation in; returns it if its window is none that was taken before, otherwise null. */
    @Nullable Evaluation take(ConsumerRecord<byte[], byte[]> record) {
        Evaluation evaluation;
        try {
            evaluation = codec.read(record.value());
        } catch (MalformedRecordException e) {
            throw new IllegalStateException("the job wrote an evaluation that cannot be read: " + e.getMessage(), e);
        }
        scoreboard.add(evaluation);
        boolean repeated = false;
        if (evaluation.window() != null) {
            Window window = new Window(evaluation.model(), evaluation.key(), evaluation.windowIndex());
            repeated = windows.put(window, evaluation) != null;
        }
        startedAt.merge(evaluation.model(), evaluation.startedAt(), Math::min);
        emittedAt.merge(evaluation.model(), evaluation.emittedAt(), Math::max);
        return repeated ? null : evaluation;
    }

    Scoreboard scoreboard() {
        return scoreboard;
    }

    /** Returns all windows of a model, by key and then by index. */
    List<Evaluation> windows(String model) {
        return windows.values().stream()
                .filter(evaluation -> evaluation.model().equals(model))
                .toList();
    }

    /**
     * Returns the seconds from the first sample that a model learned to the last word on it, at least a millisecond.
     *
     * @param model one that was evaluated
     */
    double seconds(String model) {
        long start = Objects.requireNonNull(startedAt.get(model), model);
        long end = Objects.requireNonNull(emittedAt.get(model), model);
        return Math.max(1, end - start) / 1000.0;
    }
}

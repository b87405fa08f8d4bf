package io.freshet.cli.local;

import io.freshet.schemas.Evaluation;
import io.freshet.schemas.EvaluationCodec;
import io.freshet.schemas.MalformedRecordException;
import io.freshet.schemas.Scoreboard;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Collects what the metrics topic says of one model: the newest of each key, and every window. Not thread-safe. */
final class Evaluations {
    private final EvaluationCodec codec = new EvaluationCodec();
    private final Scoreboard scoreboard = new Scoreboard();
    /** By key and index, so that a window that a replay repeats stands here once. */
    private final Map<Window, Evaluation> windows = new TreeMap<>();

    private long startedAt = Long.MAX_VALUE;
    private long emittedAt = Long.MIN_VALUE;

    private record Window(String key, long index) implements Comparable<Window> {
        private static final Comparator<Window> ORDER =
                Comparator.comparing(Window::key).thenComparing(Window::index);

        @Override
        public int compareTo(Window other) {
            return ORDER.compare(this, other);
        }
    }

    void take(ConsumerRecord<byte[], byte[]> record) {
        Evaluation evaluation;
        try {
            evaluation = codec.read(record.value());
        } catch (MalformedRecordException e) {
            throw new IllegalStateException("the job wrote an evaluation that cannot be read: " + e.getMessage(), e);
        }
        scoreboard.add(evaluation);
        if (evaluation.window() != null) {
            windows.put(new Window(evaluation.key(), evaluation.windowIndex()), evaluation);
        }
        startedAt = Math.min(startedAt, evaluation.startedAt());
        emittedAt = Math.max(emittedAt, evaluation.emittedAt());
    }

    Scoreboard scoreboard() {
        return scoreboard;
    }

    /** Returns all windows, by key and then by index. */
    List<Evaluation> windows() {
        return List.copyOf(windows.values());
    }

    /** Returns the seconds from the first sample learned to the last word on it, at least a millisecond. */
    double seconds() {
        return Math.max(1, emittedAt - startedAt) / 1000.0;
    }
}

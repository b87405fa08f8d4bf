package io.freshet.cli.train;

import io.freshet.learning.evaluation.Tally;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.evaluation.Evaluation;
import io.freshet.schemas.evaluation.EvaluationCodec;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Collects what the metrics topic says of models: the newest of each life of each key, and every window. A key that was
 * forgotten, and perhaps learned anew, is in the sums with all its lives: they say how each sample was predicted. Not
 * thread-safe.
 */
final class EvaluationCollector {
    private final EvaluationCodec codec = new EvaluationCodec();
    private final Map<Life, Evaluation> newest = new TreeMap<>();
    /** By life and index, so that a window that a replay repeats stands here once. */
    private final Map<Window, Evaluation> windows = new TreeMap<>();

    private final Map<String, Long> startedAt = new TreeMap<>();
    private final Map<String, Long> emittedAt = new TreeMap<>();

    /** What began at an offset of the samples topic, which has one partition here. */
    private record Life(String model, String key, long firstOffset) implements Comparable<Life> {
        private static final Comparator<Life> ORDER =
                Comparator.comparing(Life::model).thenComparing(Life::key).thenComparing(Life::firstOffset);

        static Life of(Evaluation evaluation) {
            long firstOffset =
                    Arrays.stream(evaluation.incarnation().firstOffsets()).min().orElse(0);
            return new Life(evaluation.model(), evaluation.key(), firstOffset);
        }

        @Override
        public int compareTo(Life other) {
            return ORDER.compare(this, other);
        }
    }

    private record Window(Life life, long index) implements Comparable<Window> {
        private static final Comparator<Window> ORDER =
                Comparator.comparing(Window::life).thenComparing(Window::index);

        @Override
        public int compareTo(Window other) {
            return ORDER.compare(this, other);
        }
    }

    /** Takes a record in; returns its evaluation if its window is none that was taken before, otherwise null. */
    @Nullable Evaluation take(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return null;
        }
        Evaluation evaluation;
        try {
            evaluation = codec.read(record.value());
        } catch (MalformedRecordException e) {
            throw new IllegalStateException("the job wrote an evaluation that cannot be read: " + e.getMessage(), e);
        }
        Life life = Life.of(evaluation);
        newest.merge(life, evaluation, EvaluationCollector::newer);
        boolean repeated = evaluation.window().metrics() != null
                && windows.put(new Window(life, evaluation.window().index()), evaluation) != null;
        startedAt.merge(evaluation.model(), evaluation.window().startedAt(), Math::min);
        emittedAt.merge(evaluation.model(), evaluation.emittedAt(), Math::max);
        return repeated ? null : evaluation;
    }

    private static Evaluation newer(Evaluation known, Evaluation other) {
        return other.total().samples() > known.total().samples() || other.last() ? other : known;
    }

    /** Returns the newest evaluation of each life of each key of a model, by key and then in their order. */
    List<Evaluation> newest(String model) {
        return newest.values().stream()
                .filter(evaluation -> evaluation.model().equals(model))
                .toList();
    }

    /** Returns the sum over all lives of all keys of a model, or null if it has not been evaluated. */
    @Nullable Tally total(String model) {
        Tally sum = null;
        for (Evaluation evaluation : newest(model)) {
            if (sum == null) {
                sum = evaluation.total().copy();
            } else {
                sum.add(evaluation.total());
            }
        }
        return sum;
    }

    /** Returns all windows of a model, by key and then in their order. */
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

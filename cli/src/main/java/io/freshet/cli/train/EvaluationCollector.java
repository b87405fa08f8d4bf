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
 * Collects the evaluations of a run: the newest of each incarnation of each model key, and every window. Totals include
 * all incarnations of a key that expired or was reset, so they cover every predicted sample. Not thread-safe.
 */
final class EvaluationCollector {
    private final EvaluationCodec codec = new EvaluationCodec();
    private final Map<IncarnationId, Evaluation> newest = new TreeMap<>();
    /** By incarnation and index, so that a window learned again after a failure is kept once. */
    private final Map<Window, Evaluation> windows = new TreeMap<>();

    /** Why models failed, by model. */
    private final Map<String, String> failures = new TreeMap<>();

    private final Map<String, Long> startedAt = new TreeMap<>();
    private final Map<String, Long> emittedAt = new TreeMap<>();

    /** Identified by its first offset in the samples topic, which has one partition here. */
    private record IncarnationId(String model, String key, long firstOffset) implements Comparable<IncarnationId> {
        private static final Comparator<IncarnationId> ORDER = Comparator.comparing(IncarnationId::model)
                .thenComparing(IncarnationId::key)
                .thenComparing(IncarnationId::firstOffset);

        static IncarnationId of(Evaluation evaluation) {
            long firstOffset =
                    Arrays.stream(evaluation.incarnation().firstOffsets()).min().orElse(0);
            return new IncarnationId(evaluation.model(), evaluation.key(), firstOffset);
        }

        @Override
        public int compareTo(IncarnationId other) {
            return ORDER.compare(this, other);
        }
    }

    private record Window(IncarnationId incarnation, long index) implements Comparable<Window> {
        private static final Comparator<Window> ORDER =
                Comparator.comparing(Window::incarnation).thenComparing(Window::index);

        @Override
        public int compareTo(Window other) {
            return ORDER.compare(this, other);
        }
    }

    /** Adds a record; returns its evaluation, or null if it has none, or one whose window was collected before. */
    @Nullable Evaluation collect(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return null;
        }
        Evaluation evaluation;
        try {
            evaluation = codec.read(record.value());
        } catch (MalformedRecordException e) {
            throw new IllegalStateException("the job wrote an evaluation that cannot be read: " + e.getMessage(), e);
        }
        if (evaluation.failure() != null) {
            failures.put(evaluation.model(), evaluation.failure());
            return null;
        }
        IncarnationId incarnation = IncarnationId.of(evaluation);
        newest.merge(incarnation, evaluation, EvaluationCollector::newer);
        boolean repeated = evaluation.window().metrics() != null
                && windows.put(new Window(incarnation, evaluation.window().index()), evaluation) != null;
        startedAt.merge(evaluation.model(), evaluation.window().startedAt(), Math::min);
        emittedAt.merge(evaluation.model(), evaluation.emittedAt(), Math::max);
        return repeated ? null : evaluation;
    }

    private static Evaluation newer(Evaluation known, Evaluation other) {
        return other.total().samples() > known.total().samples() || other.last() ? other : known;
    }

    /** Returns why models failed during the run, by model. */
    Map<String, String> failures() {
        return failures;
    }

    /** Returns the newest evaluation of each incarnation of each key of a model, by key and then in order. */
    List<Evaluation> newest(String model) {
        return newest.values().stream()
                .filter(evaluation -> evaluation.model().equals(model))
                .toList();
    }

    /** Returns the sum over all incarnations of all of a model's keys, or null if it has not been evaluated. */
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

    /** Returns all windows of a model, by key and then in order. */
    List<Evaluation> windows(String model) {
        return windows.values().stream()
                .filter(evaluation -> evaluation.model().equals(model))
                .toList();
    }

    /**
     * Returns the seconds from the first sample that a model learned to its last evaluation, at least a millisecond.
     *
     * @param model that has been evaluated
     */
    double seconds(String model) {
        long start = Objects.requireNonNull(startedAt.get(model), model);
        long end = Objects.requireNonNull(emittedAt.get(model), model);
        return Math.max(1, end - start) / 1000.0;
    }
}

package io.freshet.schemas.facts;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.features.Incarnation;
import io.freshet.learning.loss.Task;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.WireFormat;
import io.freshet.schemas.avro.WireMetrics;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.schemas.kafka.RecordLimit;
import java.util.List;
import java.util.Locale;

/**
 * Reads and writes evaluations as records of the metrics topic, whose key is {@code model/key}. Thread-safe.
 *
 * <p>A record fits {@link RecordLimit}: of more than {@value #MOST_SUMS} sums by class, it has none, and of more than {@value
 * #MOST_PARTITIONS} partitions the first ones, which identify an incarnation as well as all do.
 */
public final class EvaluationCodec {
    /** 800 KB. The sums of 25,600 classes, or of all outputs of any other task. */
    static final int MOST_SUMS = 102_400;

    static final int MOST_PARTITIONS = 4_096;

    private final WireFormat<io.freshet.wire.Evaluation> format =
            new WireFormat<>(io.freshet.wire.Evaluation.getClassSchema(), List.of());

    public KeyedBytes write(Evaluation evaluation) {
        byte[] key = ParameterKey.snapshot(evaluation.model(), evaluation.key()).toBytes();
        return new KeyedBytes(key, EvaluationEncoder.write(evaluation, bounded(evaluation.total())));
    }

    private static Tally bounded(Tally total) {
        return total.classes().length + total.classSums().length > MOST_SUMS ? total.withUnknownClasses() : total;
    }

    /** Returns the tombstone of a deleted model key. */
    public KeyedBytes delete(String model, String key) {
        return new KeyedBytes(ParameterKey.snapshot(model, key).toBytes(), null);
    }

    public Evaluation read(byte[] value) throws MalformedRecordException {
        io.freshet.wire.Evaluation wire = format.read(value);
        try {
            Task task = Task.valueOf(wire.getTask().toUpperCase(Locale.ROOT));
            Tally total = Tally.restored(
                    task,
                    wire.getSums().stream().mapToDouble(d -> d).toArray(),
                    wire.getClasses().stream().mapToDouble(d -> d).toArray(),
                    wire.getClassSums().stream().mapToDouble(d -> d).toArray(),
                    WireScores.read(wire));
            return new Evaluation(
                    new Evaluation.Subject(wire.getModel(), wire.getKey(), incarnation(wire), wire.getSpecHash()),
                    new Evaluation.Counts(
                            wire.getVersion(),
                            wire.getUpdates(),
                            wire.getRejected(),
                            wire.getCorrections(),
                            wire.getUnscored()),
                    window(wire),
                    total,
                    WireLearning.read(wire),
                    progress(wire),
                    wire.getFailure().isEmpty() ? null : wire.getFailure());
        } catch (IllegalArgumentException e) {
            throw new MalformedRecordException("value: " + e.getMessage() + " (expected: an evaluation)");
        }
    }

    private static Evaluation.Window window(io.freshet.wire.Evaluation wire) {
        return new Evaluation.Window(
                wire.getWindowIndex(),
                wire.getLast(),
                wire.getStartedAt().toEpochMilli(),
                wire.getEmittedAt().toEpochMilli(),
                wire.getWindow() == null ? null : WireMetrics.read(wire.getWindow()),
                List.copyOf(wire.getReplicaLosses()));
    }

    private static Evaluation.Progress progress(io.freshet.wire.Evaluation wire) {
        return new Evaluation.Progress(
                wire.getWatermark() == null ? null : (Long) wire.getWatermark().toEpochMilli(),
                wire.getBehind(),
                wire.getCatchingUp());
    }

    private static Incarnation incarnation(io.freshet.wire.Evaluation wire) {
        int partitions = wire.getPartitions().size();
        int offsets = wire.getFirstOffsets().size();
        if (offsets != partitions) {
            throw new IllegalArgumentException(
                    "firstOffsets: " + offsets + ", not one for each of " + partitions + " partitions");
        }
        return new Incarnation(
                wire.getPartitions().stream().mapToInt(i -> i).toArray(),
                wire.getFirstOffsets().stream().mapToLong(i -> i).toArray());
    }
}

package io.freshet.schemas.facts;

import io.freshet.learning.evaluation.Event;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.ScorePoints;
import io.freshet.learning.evaluation.ScoreSketch;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateMetrics;
import io.freshet.learning.features.Incarnation;
import io.freshet.schemas.avro.AvroBuffer;
import io.freshet.schemas.avro.WireMetrics;
import io.freshet.schemas.kafka.RecordLimit;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToLongFunction;
import org.apache.avro.SchemaNormalization;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code Evaluation} records in Avro's single-object encoding, field by field in the order of the schema.
 *
 * <p>A model with many keys is evaluated at a high rate, and Avro's own encoder boxes each of several hundred scores. The bytes are
 * the same. Pinned by {@code EvaluationEncoderTest}, which compares the two. Thread-safe.
 */
final class EvaluationEncoder {
    private static final long FINGERPRINT =
            SchemaNormalization.parsingFingerprint64(io.freshet.wire.Evaluation.getClassSchema());
    /** Expected bytes of all fields but the scores. */
    private static final int OTHER_FIELDS = 1024;

    private static final int BYTES_PER_SCORE = 8;

    private EvaluationEncoder() {}

    /** @param total of the evaluation, with classes only if they fit the record */
    static byte[] write(Evaluation evaluation, Tally total) {
        ScorePoints scores = total.scores().points();
        AvroBuffer out = new AvroBuffer(FINGERPRINT, OTHER_FIELDS + BYTES_PER_SCORE * scores.size());
        writeCounts(out, evaluation);
        out.writeString(total.task().name().toLowerCase(Locale.ROOT));
        writeMetrics(out, evaluation.window().metrics());
        writeMetrics(out, evaluation.total().metrics());
        out.writeDoubles(total.sums());
        out.writeDoubles(total.classes());
        writeLearning(out, evaluation.learning());
        writePresent(out, evaluation.progress().watermark());
        writePresent(out, evaluation.progress().behind());
        out.writeBoolean(evaluation.progress().catchingUp());
        writeIncarnation(out, evaluation.incarnation());
        out.writeString(evaluation.specHash());
        out.writeString(evaluation.failure() == null ? "" : RecordLimit.shortened(evaluation.failure()));
        writeScores(out, scores);
        out.writeDoubles(total.classSums());
        Evaluation.BestEpoch best = evaluation.learning().best();
        writeMetrics(out, best == null ? null : best.holdout());
        out.writeLong(best == null ? 0 : best.epoch());
        out.writeDoubles(evaluation.window().replicaLosses().stream()
                .mapToDouble(Double::doubleValue)
                .toArray());
        out.writeLong(evaluation.counts().corrections());
        out.writeLong(evaluation.counts().unscored());
        Evaluation.Published published = evaluation.learning().published();
        writePresent(out, published.version());
        writePresent(out, published.at());
        out.writeBoolean(published.held());
        return out.toArray();
    }

    private static void writeCounts(AvroBuffer out, Evaluation evaluation) {
        out.writeString(evaluation.model());
        out.writeString(evaluation.key());
        out.writeLong(evaluation.counts().version());
        out.writeLong(evaluation.counts().updates());
        out.writeLong(evaluation.counts().rejected());
        Evaluation.Window window = evaluation.window();
        out.writeLong(window.index());
        out.writeBoolean(window.last());
        out.writeLong(window.startedAt());
        out.writeLong(window.emittedAt());
    }

    private static void writeMetrics(AvroBuffer out, @Nullable Metrics metrics) {
        out.writeLong(metrics == null ? 0 : 1);
        if (metrics != null) {
            WireMetrics.write(metrics, out);
        }
    }

    private static void writeLearning(AvroBuffer out, Evaluation.Learning learning) {
        UpdateMetrics updates = learning.updates();
        out.writeLong(updates == null ? 0 : 1);
        if (updates != null) {
            out.writeLong(updates.updates());
            out.writeDouble(updates.learningRate());
            out.writeDouble(updates.gradientNorm());
            out.writeDouble(updates.updateNorm());
            out.writeDouble(updates.clippedShare());
            out.writeDouble(updates.rejectedShare());
        }
        writeMetrics(out, learning.holdout());
        out.writeLong(learning.epoch());
        out.writeBoolean(learning.stopped());
        writeEvents(out, learning.events());
    }

    /** Writes the offsets of {@link EvaluationCodec#MOST_PARTITIONS} partitions, of all events together. */
    private static void writeEvents(AvroBuffer out, List<Event> events) {
        int left = EvaluationCodec.MOST_PARTITIONS;
        out.startBlock(events.size());
        for (Event event : events) {
            List<Event.Offsets> offsets = event.samplesIn()
                    .subList(0, Math.min(left, event.samplesIn().size()));
            left -= offsets.size();
            out.writeString(event.kind().text());
            out.writeString(event.detector());
            out.writeLong(event.samples());
            out.writeDouble(event.before());
            out.writeDouble(event.after());
            out.writeString(event.action());
            writeEach(out, offsets.size(), i -> offsets.get(i).partition());
            writeEach(out, offsets.size(), i -> offsets.get(i).first());
            writeEach(out, offsets.size(), i -> offsets.get(i).last());
        }
        out.endBlocks();
    }

    private static void writePresent(AvroBuffer out, @Nullable Long number) {
        out.writeLong(number == null ? 0 : 1);
        if (number != null) {
            out.writeLong(number);
        }
    }

    private static void writeIncarnation(AvroBuffer out, Incarnation incarnation) {
        int count = Math.min(EvaluationCodec.MOST_PARTITIONS, incarnation.partitions().length);
        writeEach(out, count, i -> incarnation.partitions()[i]);
        writeEach(out, count, i -> incarnation.firstOffsets()[i]);
    }

    private static void writeScores(AvroBuffer out, ScorePoints points) {
        float[] scores = new float[points.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = ScoreSketch.score(points.keyAt(i));
        }
        out.startBlock(scores.length);
        out.writeFloats(scores, 0, scores.length);
        out.endBlocks();
        writeEach(out, scores.length, points::negativesAt);
        writeEach(out, scores.length, points::positivesAt);
    }

    private static void writeEach(AvroBuffer out, int count, IntToLongFunction number) {
        out.startBlock(count);
        for (int i = 0; i < count; i++) {
            out.writeLong(number.applyAsLong(i));
        }
        out.endBlocks();
    }
}

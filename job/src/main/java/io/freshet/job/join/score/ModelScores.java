package io.freshet.job.join.score;

import io.freshet.job.specs.StoredSpec;
import io.freshet.learning.learner.FieldCodec;
import io.freshet.learning.learner.FlatArrays;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.spec.JoinSpec;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.loop.JoinCount;
import io.freshet.schemas.loop.JoinCounts;
import io.freshet.schemas.loop.JoinReport;
import io.freshet.schemas.loop.ServedScore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the join of one model has done since it started, and the scores of its answers. Counts and delays go on when the
 * specification changes; scores start again if they would be of another shape. Not thread-safe.
 */
final class ModelScores {
    private static final byte VERSION = 1;

    private final long[] counts = new long[JoinCount.values().length];
    private final DelayHistogram delays = new DelayHistogram();
    private String yaml;
    private ModelSpec spec;
    private JoinSpec join;
    /** Requests that another subtask closes before it has received a change have another one, and are not scored. */
    private int shape;

    private ServedScores scores;
    private long windowIndex;

    private ModelScores(String yaml, ModelSpec spec) {
        this.yaml = yaml;
        this.spec = spec;
        join = join(spec);
        shape = ClosedRequest.shape(spec);
        scores = new ServedScores(spec, join);
    }

    static ModelScores of(JoinApplied applied) {
        return new ModelScores(applied.yaml(), ModelSpec.parse(applied.yaml()));
    }

    private static JoinSpec join(ModelSpec spec) {
        return Objects.requireNonNull(spec.join(), () -> spec.name() + " has no join");
    }

    /** What decides whether scores of two specifications can be added. */
    private record Shape(String outcomeHash, Loss loss, int topK, List<String> slices) {
        static Shape of(ModelSpec spec, JoinSpec join) {
            return new Shape(spec.outcomeHash(), spec.loss(), spec.reporting().topK(), join.slices());
        }
    }

    /** Uses another specification from now on; returns whether it differs. */
    boolean apply(JoinApplied applied) {
        if (applied.yaml().equals(yaml)) {
            return false;
        }
        Shape before = Shape.of(spec, join);
        yaml = applied.yaml();
        spec = ModelSpec.parse(yaml);
        join = join(spec);
        shape = ClosedRequest.shape(spec);
        if (!Shape.of(spec, join).equals(before)) {
            scores = new ServedScores(spec, join);
        }
        return true;
    }

    void add(JoinDelta delta) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += delta.counts()[i];
        }
    }

    /** Counts and scores a closed request; returns whether the window is full. */
    boolean close(ClosedRequest request) {
        if (request.delayMillis() >= 0) {
            counts[JoinCount.JOINED.ordinal()]++;
            delays.add(request.delayMillis(), join.afterMillis());
        } else {
            counts[JoinCount.EXPIRED.ordinal()]++;
        }
        Double label = request.label();
        AnsweredPrediction answer = request.answer();
        if (label != null && (answer == null || request.shape() != shape || !scores.add(answer, label, request))) {
            counts[JoinCount.UNSCORED.ordinal()]++;
        }
        return scores.inWindow() >= spec.window();
    }

    void endWindow() {
        scores.endWindow();
        windowIndex++;
    }

    /**
     * Returns a report with the scores of all answers and by dimension. While a model is deleted and applied again, subtasks of
     * the join may disagree for a moment about which of its incarnations a delta is of. So a count could be below 0, and is
     * reported as 0.
     *
     * @param at of which window, and when
     */
    JoinReport report(At at) {
        return report(at, scores.scores());
    }

    /** Returns a report without dimensions, which costs little. */
    JoinReport summary(At at) {
        return report(at, scores.ofAll());
    }

    /**
     * When a report is made.
     *
     * @param ended whether the window is full
     * @param now milliseconds since 1970, UTC
     * @param watermark event time that the join has reached; null if unknown
     */
    record At(boolean ended, long now, @Nullable Long watermark) {}

    private JoinReport report(At at, List<ServedScore> reported) {
        return new JoinReport(
                spec.name(),
                spec.hash(),
                new JoinReport.Window(windowIndex, at.ended, at.now, at.watermark),
                JoinCounts.of(
                        Arrays.stream(counts).map(count -> Math.max(0, count)).toArray()),
                delays.delays(),
                reported);
    }

    /** Returns the state as bytes: a version byte, then every field. */
    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            FlatArrays.writeText(yaml, out);
            for (long count : counts) {
                out.writeLong(count);
            }
            delays.write(out);
            out.writeLong(windowIndex);
            scores.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads {@link #toBytes}.
     *
     * @return null if this version refuses the specification
     */
    static @Nullable ModelScores read(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        FieldCodec.readVersion("scores", VERSION, in);
        String yaml = FlatArrays.readText(in);
        ModelSpec spec = StoredSpec.accepted(yaml);
        if (spec == null || spec.join() == null) {
            return null;
        }
        ModelScores read = new ModelScores(yaml, spec);
        for (int i = 0; i < read.counts.length; i++) {
            read.counts[i] = in.readLong();
        }
        read.delays.read(in);
        read.windowIndex = in.readLong();
        read.scores = ServedScores.read(read.spec, read.join, in);
        return read;
    }
}

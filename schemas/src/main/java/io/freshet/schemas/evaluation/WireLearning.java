package io.freshet.schemas.evaluation;

import io.freshet.learning.evaluation.UpdateMetrics;
import io.freshet.learning.watch.Event;
import io.freshet.schemas.avro.WireMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Converts {@link Evaluation.Learning} to and from an evaluation record. */
final class WireLearning {
    private WireLearning() {}

    static io.freshet.wire.@Nullable UpdateMetrics write(@Nullable UpdateMetrics updates) {
        return updates == null
                ? null
                : new io.freshet.wire.UpdateMetrics(
                        updates.updates(),
                        updates.learningRate(),
                        updates.gradientNorm(),
                        updates.updateNorm(),
                        updates.clippedShare(),
                        updates.rejectedShare());
    }

    /** Writes the offsets of {@link EvaluationCodec#MOST_PARTITIONS} partitions, of all events together. */
    static List<io.freshet.wire.Event> write(List<Event> events) {
        List<io.freshet.wire.Event> written = new ArrayList<>();
        int left = EvaluationCodec.MOST_PARTITIONS;
        for (Event event : events) {
            List<Event.Offsets> offsets = event.samplesIn()
                    .subList(0, Math.min(left, event.samplesIn().size()));
            left -= offsets.size();
            written.add(write(event, offsets));
        }
        return written;
    }

    private static io.freshet.wire.Event write(Event event, List<Event.Offsets> offsets) {
        return new io.freshet.wire.Event(
                event.kind().text(),
                event.detector(),
                event.samples(),
                event.before(),
                event.after(),
                event.action(),
                offsets.stream().map(Event.Offsets::partition).toList(),
                offsets.stream().map(Event.Offsets::first).toList(),
                offsets.stream().map(Event.Offsets::last).toList());
    }

    /** @throws IllegalArgumentException if the kind of an event is unknown */
    static Evaluation.Learning read(io.freshet.wire.Evaluation wire) {
        return new Evaluation.Learning(
                updates(wire.getUpdateMetrics()),
                wire.getHoldout() == null ? null : WireMetrics.read(wire.getHoldout()),
                wire.getEpoch(),
                wire.getStopped(),
                wire.getEvents().stream().map(WireLearning::event).toList(),
                wire.getBestHoldout() == null
                        ? null
                        : new Evaluation.BestEpoch(wire.getBestEpoch(), WireMetrics.read(wire.getBestHoldout())));
    }

    private static @Nullable UpdateMetrics updates(io.freshet.wire.@Nullable UpdateMetrics wire) {
        return wire == null
                ? null
                : new UpdateMetrics(
                        wire.getUpdates(),
                        wire.getLearningRate(),
                        wire.getGradientNorm(),
                        wire.getUpdateNorm(),
                        wire.getClippedShare(),
                        wire.getRejectedShare());
    }

    private static Event event(io.freshet.wire.Event wire) {
        return new Event(
                Event.Kind.valueOf(wire.getKind().toUpperCase(Locale.ROOT)),
                wire.getDetector(),
                wire.getSamples(),
                wire.getBefore(),
                wire.getAfter(),
                wire.getAction(),
                offsets(wire));
    }

    private static List<Event.Offsets> offsets(io.freshet.wire.Event wire) {
        int count = wire.getPartitions().size();
        if (wire.getFirstOffsets().size() != count || wire.getLastOffsets().size() != count) {
            throw new IllegalArgumentException("events.firstOffsets, lastOffsets: "
                    + wire.getFirstOffsets().size() + ", "
                    + wire.getLastOffsets().size()
                    + " (expected: one for each of " + count + " partitions)");
        }
        return IntStream.range(0, count)
                .mapToObj(i -> new Event.Offsets(
                        wire.getPartitions().get(i),
                        wire.getFirstOffsets().get(i),
                        wire.getLastOffsets().get(i)))
                .toList();
    }
}

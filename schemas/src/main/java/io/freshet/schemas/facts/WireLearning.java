package io.freshet.schemas.facts;

import io.freshet.learning.evaluation.Event;
import io.freshet.learning.evaluation.UpdateMetrics;
import io.freshet.schemas.avro.WireMetrics;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Reads {@link Evaluation.Learning} from an evaluation record. */
final class WireLearning {
    private WireLearning() {}

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
                        : new Evaluation.BestEpoch(wire.getBestEpoch(), WireMetrics.read(wire.getBestHoldout())),
                new Evaluation.Published(
                        wire.getPublished(),
                        wire.getPublishedAt() == null
                                ? null
                                : (Long) wire.getPublishedAt().toEpochMilli(),
                        wire.getHeld()));
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

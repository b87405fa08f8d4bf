package io.freshet.cli.tail;

import io.freshet.cli.kafka.LaneReader;
import io.freshet.cli.kafka.LoopTopics;
import io.freshet.schemas.kafka.Topics;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** The topics that {@code freshet tail} can follow, and the views of their records. */
enum TailSource {
    SNAPSHOTS("snapshots", (topics, loop) -> LaneReader.topics(topics), SnapshotView::new),
    METRICS("metrics", (topics, loop) -> List.of(topics.metrics(), topics.deadLetters()), MetricsView::new),
    DEAD_LETTERS("dead-letters", (topics, loop) -> List.of(topics.deadLetters()), DeadLetterView::new),
    SAMPLES("samples", (topics, loop) -> List.of(topics.samples()), SampleView::new),
    MODELS("models", (topics, loop) -> List.of(topics.models()), ModelView::new),
    ANSWERS("answers", (topics, loop) -> List.of(loop.answers(topics)), LoopView::new),
    OUTCOMES("outcomes", (topics, loop) -> List.of(loop.outcomes(topics)), LoopView::new),
    UNJOINED("unjoined", (topics, loop) -> List.of(topics.unjoined()), LoopView::new);

    private final String label;
    private final BiFunction<Topics, LoopTopics, List<String>> topics;
    private final Supplier<RecordView> view;

    TailSource(String label, BiFunction<Topics, LoopTopics, List<String>> topics, Supplier<RecordView> view) {
        this.label = label;
        this.topics = topics;
        this.view = view;
    }

    /** Returns the topics to follow; only the first must exist. */
    List<String> topics(Topics all, LoopTopics loop) {
        return topics.apply(all, loop);
    }

    RecordView view() {
        return view.get();
    }

    /** Returns the value on the command line. */
    @Override
    public String toString() {
        return label;
    }
}

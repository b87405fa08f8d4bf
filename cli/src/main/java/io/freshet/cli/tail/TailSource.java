package io.freshet.cli.tail;

import io.freshet.cli.kafka.LaneReader;
import io.freshet.schemas.topic.Topics;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** The topics that {@code freshet tail} can follow, and the views of their records. */
enum TailSource {
    SNAPSHOTS("snapshots", LaneReader::topics, SnapshotView::new),
    METRICS("metrics", topics -> List.of(topics.metrics(), topics.deadLetters()), MetricsView::new),
    DEAD_LETTERS("dead-letters", topics -> List.of(topics.deadLetters()), DeadLetterView::new),
    SAMPLES("samples", topics -> List.of(topics.samples()), SampleView::new),
    MODELS("models", topics -> List.of(topics.models()), ModelView::new),
    ANSWERS("answers", topics -> List.of(topics.answers()), LoopView::new),
    OUTCOMES("outcomes", topics -> List.of(topics.outcomes()), LoopView::new),
    UNJOINED("unjoined", topics -> List.of(topics.unjoined()), LoopView::new);

    private final String label;
    private final Function<Topics, List<String>> topics;
    private final Supplier<RecordView> view;

    TailSource(String label, Function<Topics, List<String>> topics, Supplier<RecordView> view) {
        this.label = label;
        this.topics = topics;
        this.view = view;
    }

    /** Returns the topics to follow; only the first must exist. */
    List<String> topics(Topics all) {
        return topics.apply(all);
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

package io.freshet.cli.tools;

import io.freshet.job.Topics;
import java.util.function.Function;
import java.util.function.Supplier;

/** What can be followed: a topic, and how its records are shown. */
enum TailSource {
    SNAPSHOTS("snapshots", Topics::parameters, SnapshotView::new),
    METRICS("metrics", Topics::metrics, MetricsView::new),
    DEAD_LETTERS("dead-letters", Topics::deadLetters, DeadLetterView::new),
    SAMPLES("samples", Topics::samples, SampleView::new),
    MODELS("models", Topics::models, ModelView::new);

    private final String label;
    private final Function<Topics, String> topic;
    private final Supplier<RecordView> view;

    TailSource(String label, Function<Topics, String> topic, Supplier<RecordView> view) {
        this.label = label;
        this.topic = topic;
        this.view = view;
    }

    String topic(Topics topics) {
        return topic.apply(topics);
    }

    RecordView view() {
        return view.get();
    }

    /** What a user types. */
    @Override
    public String toString() {
        return label;
    }
}

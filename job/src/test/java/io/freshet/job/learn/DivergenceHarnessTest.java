package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestLines;
import io.freshet.job.TestStream;
import io.freshet.job.record.OutputRecord;
import io.freshet.learning.evaluation.Event;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.EvaluationCodec;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a published snapshot of a diverged model. Samples 1,500 to 1,649 have absurd labels. */
class DivergenceHarnessTest {
    private static final int POISON = 1_500;
    private static final int CURE = 1_650;
    private static final int SAMPLES = 4_000;
    private static final int WINDOW = 100;

    @ParameterizedTest
    @ValueSource(strings = {"hold", "revert", "reset"})
    void withholds_snapshots_of_a_diverged_model_and_reports_the_offsets(String policy) throws Exception {
        List<PublishedSnapshot> snapshots = new ArrayList<>();
        List<Event> events = new ArrayList<>();
        run(spec(policy), snapshots, events);

        // Divergence is detected after a tenth of a window at the earliest.
        assertThat(versions(snapshots, POISON + WINDOW / 10, POISON + WINDOW - 1))
                .isEmpty();
        if (policy.equals("hold")) {
            assertThat(versions(snapshots, POISON + WINDOW / 10, CURE + WINDOW / 2))
                    .isEmpty();
        }
        long last = snapshots.get(snapshots.size() - 1).snapshot().version();
        assertThat(last).as("published again, to the end").isEqualTo(SAMPLES);
        assertThat(events)
                .anySatisfy(event -> assertThat(event.toString())
                        .startsWith("divergence at sample 1,600: loss ")
                        .endsWith("; " + policy + "; offsets by partition 0: 1500..1599"));
    }

    @Test
    void reverted_samples_are_in_the_lineage_of_every_later_snapshot() throws Exception {
        List<PublishedSnapshot> snapshots = new ArrayList<>();
        run(spec("revert"), snapshots, new ArrayList<>());
        assertThat(snapshots
                        .get(snapshots.size() - 1)
                        .snapshot()
                        .lineage()
                        .undone()
                        .toString())
                .isEqualTo("[Undone[after=1500, samples=1700]]");
        assertThat(snapshots.get(0).snapshot().lineage().undone()).isEmpty();
    }

    /** Would catch a model that looks well though nobody gets what it learns. */
    @ParameterizedTest
    @ValueSource(strings = {"hold", "revert", "reset", "none"})
    void evaluations_tell_what_is_published_and_whether_the_next_snapshots_are_withheld(String policy)
            throws Exception {
        List<PublishedSnapshot> snapshots = new ArrayList<>();
        List<Evaluation> evaluations = new ArrayList<>();
        evaluate(spec(policy), snapshots, evaluations);
        List<Long> held = new ArrayList<>();
        for (Evaluation evaluation : evaluations) {
            Evaluation.Published published = evaluation.learning().published();
            List<Long> before = versions(snapshots, 0, evaluation.version() - 1);
            assertThat(published.version())
                    .as("at %d", evaluation.version())
                    .isIn(before.get(before.size() - 1), evaluation.version());
            assertThat(published.at()).isNotNull();
            if (published.held()) {
                held.add(evaluation.version());
                assertThat(published.version()).isBetween(POISON - 10L, POISON + WINDOW / 10L);
            }
        }
        assertThat(held.contains(POISON + 100L)).isEqualTo(policy.equals("hold"));
        assertThat(held.isEmpty()).isEqualTo(!policy.equals("hold"));
        assertThat(held).doesNotContain((long) SAMPLES);
    }

    private static void run(ModelSpec spec, List<PublishedSnapshot> snapshots, List<Event> events) throws Exception {
        List<Evaluation> evaluations = new ArrayList<>();
        evaluate(spec, snapshots, evaluations);
        evaluations.forEach(evaluation -> events.addAll(evaluation.learning().events()));
    }

    private static void evaluate(ModelSpec spec, List<PublishedSnapshot> snapshots, List<Evaluation> evaluations)
            throws Exception {
        SnapshotReader reader = new SnapshotReader();
        EvaluationCodec codec = new EvaluationCodec();
        try (LearnHarness harness = LearnHarness.start(spec)) {
            for (long offset = 0; offset < SAMPLES; offset++) {
                byte[] value = offset >= POISON && offset < CURE
                        ? TestStream.value(offset, Map.of("t", 1e6))
                        : TestStream.value(offset);
                harness.learn(TestStream.sample(spec, offset, value));
            }
            harness.end();
            for (OutputRecord record : harness.takeParameters()) {
                snapshots.add(reader.read(record.key(), record.value()).snapshot());
            }
            for (OutputRecord record : harness.take(OutputRecord.EVALUATIONS)) {
                evaluations.add(TestLines.evaluation(codec, record));
            }
        }
    }

    private static List<Long> versions(List<PublishedSnapshot> snapshots, long from, long to) {
        return snapshots.stream()
                .map(published -> published.snapshot().version())
                .filter(version -> version >= from && version <= to)
                .toList();
    }

    private static ModelSpec spec(String policy) {
        return ModelSpec.parse("""
                {name: m, label: t, features: {numeric: [a, b]}, loss: mean-squared-error,
                 optimizer: {type: sgd, learningRate: 0.05}, publish: {everySamples: 10, everyMillis: 500, minimumMillis: 0},
                 evaluation: {window: %d}, onDivergence: %s}
                """.formatted(WINDOW, policy));
    }
}

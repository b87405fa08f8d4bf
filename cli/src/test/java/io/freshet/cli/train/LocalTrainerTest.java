package io.freshet.cli.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.cli.console.CommandException;
import io.freshet.job.record.KeyedSample;
import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Would catch a run that waits forever for a learner that has failed, and one whose result depends on its threads. */
@Timeout(180)
class LocalTrainerTest implements LearnerListener {
    private static final String MODEL =
            "label: y, features: {numeric: [x], standardize: false}, optimizer: {type: sgd}";

    private final Map<String, PublishedSnapshot> last = new TreeMap<>();

    @Test
    void a_model_that_fails_ends_the_run_with_its_reason() {
        ModelSpec spec = ModelSpec.parse("{name: m, loss: binary-cross-entropy, " + MODEL + "}");
        assertThatThrownBy(() -> learn(List.of(spec), 1, (trainer, offset) -> {
                    trainer.learn(0, keyed("m/", offset, 7));
                }))
                .isInstanceOf(CommandException.class)
                .hasMessageStartingWith("model m: failed: java.lang.IllegalArgumentException: label: 7.0 (expected: ");
    }

    @Test
    void models_and_keys_learn_the_same_on_any_number_of_threads() throws Exception {
        List<ModelSpec> specs = List.of(
                ModelSpec.parse("{name: keyed, key: k, loss: mean-squared-error, batch: 7, " + MODEL + "}"),
                ModelSpec.parse("{name: whole, loss: huber, " + MODEL + "}"));
        List<List<Float>> parameters = new ArrayList<>();
        for (int threads : new int[] {1, 2, 5}) {
            last.clear();
            learn(specs, threads, (trainer, offset) -> {
                trainer.learn(0, keyed("keyed/" + offset % 13, offset, offset % 3));
                trainer.learn(1, keyed("whole/", offset, offset % 3));
            });
            assertThat(last).hasSize(14);
            assertThat(last.values().stream()
                            .mapToLong(each -> each.snapshot().version())
                            .sum())
                    .isEqualTo(2 * SAMPLES);
            List<Float> all = new ArrayList<>();
            last.values().forEach(each -> {
                for (float parameter : each.snapshot().parameters()) {
                    all.add(parameter);
                }
            });
            parameters.add(all);
        }
        assertThat(parameters.get(1)).isEqualTo(parameters.get(0));
        assertThat(parameters.get(2)).isEqualTo(parameters.get(0));
    }

    /** With {@code onDivergence: hold}, what is kept at the end is the last window that was good. */
    @Test
    void a_model_that_is_withheld_keeps_its_last_good_parameters() throws Exception {
        ModelSpec spec = ModelSpec.parse("{name: m, loss: mean-squared-error, evaluation: {window: 100},"
                + " watch: {divergence: 5}, onDivergence: hold, " + MODEL + "}");
        learn(List.of(spec), 1, (trainer, offset) -> {
            float label = offset < SAMPLES - 100 ? offset % 2 : 1e6f;
            trainer.learn(0, keyed("m/", offset, label));
        });
        assertThat(last.get("m/").snapshot().version()).isEqualTo(SAMPLES - 100);
    }

    /** A copy of all parameters after each window would take longer than to learn the window. */
    @Test
    void a_large_model_that_is_withheld_keeps_parameters_of_an_earlier_window() throws Exception {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: {categorical: [c]}, loss: mean-squared-error,"
                + " optimizer: {type: sgd}, evaluation: {window: 100}, watch: {divergence: 5}, onDivergence: hold}");
        int row = 5;
        learn(List.of(spec), 1, (trainer, offset) -> {
            float label = offset < SAMPLES - 100 ? offset % 2 : 1e6f;
            trainer.learn(0, keyed("m/", offset, new double[0], new int[] {row}, new float[] {1}, label));
        });
        PublishedSnapshot kept = last.get("m/");
        assertThat(kept.snapshot().version()).isEqualTo(100);
        assertThat(kept.snapshot().parameters().length).isGreaterThan(16 * SAMPLES);
    }

    private static final int SAMPLES = 2_000;

    private interface Feed {
        void pass(LocalTrainer trainer, long offset) throws CommandException;
    }

    private void learn(List<ModelSpec> specs, int threads, Feed feed) throws Exception {
        try (LocalTrainer trainer = new LocalTrainer(specs, threads, () -> 1, this)) {
            for (long offset = 0; offset < SAMPLES; offset++) {
                feed.pass(trainer, offset);
            }
            trainer.finish();
        }
    }

    @Override
    public void evaluated(Evaluation evaluation) {}

    @Override
    public synchronized void published(PublishedSnapshot snapshot) {
        last.put(snapshot.snapshot().spec().name() + "/" + snapshot.snapshot().key(), snapshot);
    }

    private static KeyedSample keyed(String modelKey, long offset, float label) {
        return keyed(modelKey, offset, new double[] {offset % 11 / 11.0}, new int[0], new float[0], label);
    }

    private static KeyedSample keyed(
            String modelKey, long offset, double[] numbers, int[] rows, float[] values, float label) {
        Sample.Position position = new Sample.Position(0, offset, 1, 0);
        return new KeyedSample(modelKey, 1, Sample.of(numbers, rows, values, label, 1, position));
    }
}

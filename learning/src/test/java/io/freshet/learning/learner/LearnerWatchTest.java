package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.evaluation.Event;
import io.freshet.learning.evaluation.UpdateMetrics;
import io.freshet.learning.evaluation.UpdateTally;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch an event that a restart loses, repeats, or moves, and detectors that affect learning. */
class LearnerWatchTest {
    private static final long SEED = 20260202;
    private static final int SAMPLES = 4_000;
    private static final int CHANGE = 2_500;
    private static final UpdateMetrics NONE = new UpdateTally().metrics();

    static Stream<ModelSpec> watched() {
        String pageHinkley = "{type: page-hinkley, threshold: 20}";
        return Stream.of("adwin", "{type: adwin, delta: 0.1, clock: 1}", pageHinkley)
                .flatMap(drift -> Stream.of(1, 7).map(batch -> spec(batch, drift, "1.3", "2")));
    }

    @ParameterizedTest
    @MethodSource("watched")
    void detects_a_drift_soon_after_the_target_changes(ModelSpec spec) {
        List<Event> events = events(spec);
        List<Event> drifts = events.stream()
                .filter(event -> event.kind() == Event.Kind.DRIFT && event.samples() > CHANGE)
                .toList();
        assertThat(drifts).isNotEmpty();
        Event first = drifts.get(0);
        assertThat(first.samples()).isBetween(CHANGE + 1L, CHANGE + 300L);
        assertThat(first.detector()).isEqualTo(spec.watch().drift().detector().name());
        assertThat(first.before()).isBetween(0.05, 0.4);
        assertThat(first.after()).isGreaterThan(first.before());
        assertThat(events.stream().map(Event::kind)).contains(Event.Kind.DIVERGENCE, Event.Kind.PLATEAU);
    }

    @ParameterizedTest
    @MethodSource("watched")
    void a_restored_state_leads_to_the_same_events_and_bits(ModelSpec spec) throws IOException {
        List<Sample> samples = samples();
        Learner learner = new Learner(spec);
        LearnerState whole = learner.start();
        List<Event> uninterrupted = learn(learner, whole, samples);
        assertThat(uninterrupted).hasSizeGreaterThan(3);

        for (int k : new int[] {1, 50, 777, CHANGE, CHANGE + 10, CHANGE + 40, SAMPLES - 1}) {
            Learner first = new Learner(spec);
            LearnerState state = first.start();
            List<Event> events = learn(first, state, samples.subList(0, k));
            LearnerState copy = state.copy();
            byte[] saved = LearnerTest.bytes(state);
            LearnerState restored = restore(saved);
            assertThat(LearnerTest.bytes(restored)).as("restored at %d", k).isEqualTo(saved);
            assertThat(LearnerTest.bytes(copy)).as("copied at %d", k).isEqualTo(saved);

            List<Event> resumed = new ArrayList<>(events);
            resumed.addAll(learn(new Learner(spec), restored, samples.subList(k, SAMPLES)));
            assertThat(resumed).as("seed %d, restored at %d", SEED, k).isEqualTo(uninterrupted);
            assertThat(LearnerTest.bytes(restored)).isEqualTo(LearnerTest.bytes(whole));
            events.addAll(learn(first, copy, samples.subList(k, SAMPLES)));
            assertThat(events).as("seed %d, copied at %d", SEED, k).isEqualTo(uninterrupted);
        }
    }

    /** An event is kept until the window ends, wherever the checkpoint is taken. */
    @Test
    void the_state_contains_events_of_the_open_window() throws IOException {
        ModelSpec spec = spec(1, "{type: adwin, delta: 0.1, clock: 1}", "0", "0");
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        int i = 0;
        List<Sample> samples = samples();
        while (state.watcher().events().isEmpty()) {
            learner.learn(state, samples.get(i++));
        }
        Event event = state.watcher().events().get(0);
        assertThat(event.samples()).as("the sample at which it was found").isEqualTo(i);
        LearnerState restored = restore(LearnerTest.bytes(state));
        assertThat(restored.watcher().events()).containsExactly(event);
        new Learner(spec)
                .nextWindow(
                        restored, () -> assertThat(restored.watcher().events()).containsExactly(event));
        assertThat(restored.watcher().events()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7})
    void detectors_change_no_parameter(int batch) {
        LearnerState off = state(spec(batch, "none", "0", "0"));
        LearnerState on = state(spec(batch, "adwin", "2", "1"));
        assertThat(on.weights()).isEqualTo(off.weights());
        assertThat(on.total().sums()).isEqualTo(off.total().sums());
        assertThat(off.watcher().events()).isEmpty();
    }

    @Test
    void a_detector_restarts_if_its_settings_change_and_continues_otherwise() throws IOException {
        List<Sample> samples = samples();
        ModelSpec spec = spec(1, "adwin", "10", "3");
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        learn(learner, state, samples.subList(0, 1_000));
        byte[] saved = LearnerTest.bytes(state);

        LearnerState other = restore(saved);
        Learner changed = new Learner(spec(1, "page-hinkley", "10", "4"));
        changed.learn(other, samples.get(1_000));
        assertThat(other.watcher().drift().state()[0]).as("count of values").isEqualTo(1);
        assertThat(other.watcher().plateau().state()).containsExactly(Double.POSITIVE_INFINITY, 0);
        assertThat(other.watcher().divergence().state())
                .isEqualTo(state.watcher().divergence().state());

        LearnerState none = restore(saved);
        new Learner(spec(1, "none", "0", "0")).learn(none, samples.get(1_000));
        assertThat(none.watcher().drift().state()).isEmpty();
        assertThat(none.watcher().drift().settings()).isEmpty();
    }

    @Test
    void ignores_windows_cut_short_by_the_end_of_input_and_windows_without_weight() {
        ModelSpec spec = spec(1, "none", "1.1", "1");
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        learn(learner, state, samples().subList(0, 200));
        double[] best = state.watcher().divergence().state();
        learner.learn(state, sample(1, 50, 1, 0));
        learner.nextWindow(state, () -> assertThat(state.watcher().events()).isEmpty());
        for (int i = 0; i < spec.window(); i++) {
            learner.learn(state, sample(1, 50, 0, 0));
        }
        learner.nextWindow(state, () -> assertThat(state.watcher().events()).isEmpty());
        assertThat(state.watcher().divergence().state()).isEqualTo(best);
    }

    /** Norms are measured every 64 updates, so many short windows used to have none. */
    @ParameterizedTest
    @ValueSource(ints = {1, 64})
    void withholds_a_model_while_its_updates_explode(int batch) {
        Learner learner = new Learner(ModelSpec.parse("""
                {name: m, label: y, features: {numeric: [a], standardize: false}, loss: mean-absolute-error,
                 optimizer: sgd, batch: {size: %d}, evaluation: {window: 640}, watch: {divergence: {factor: 1e30, norm: 1000}}}
                """.formatted(batch)));
        LearnerState state = learner.start();
        List<Event> events = new ArrayList<>();
        for (int window = 0; window < 20; window++) {
            for (int i = 0; i < 640; i++) {
                double a = window < 6 || window >= 15 ? 1 : 1e7;
                learner.learn(
                        state,
                        Sample.of(
                                new double[] {a},
                                new int[0],
                                new float[0],
                                1.2345f,
                                1,
                                new Sample.Position(0, i, 0, 0)));
            }
            learner.nextWindow(state, () -> {
                assertThat(state.updateWindow().metrics().updateNorm()).isPositive();
                events.addAll(state.watcher().events());
            });
            assertThat(learner.isWithheld(state)).as("after window %d", window).isEqualTo(window >= 6 && window < 15);
        }
        assertThat(events).hasSize(1);
    }

    @Test
    void keeps_the_newest_events() {
        Watcher watcher = new Watcher();
        watcher.attach(spec(1, "none", "2", "1").watch());
        watcher.window(1, NONE, 0, "hold", new Lineage());
        for (int i = 1; i <= 1_000; i++) {
            watcher.window(1, NONE, i, "hold", new Lineage());
        }
        assertThat(watcher.events()).hasSize(Watcher.MAXIMUM_EVENTS);
        assertThat(watcher.events().get(99)).isEqualTo(new Event(Event.Kind.PLATEAU, "plateau", 1_000, 1, 1));
        assertThat(watcher.events().get(0).samples()).isEqualTo(901);
    }

    /** Valid samples were counted twice: with the batch, and again without the invalid sample. */
    @Test
    void a_large_batch_with_an_invalid_sample_counts_each_valid_one_once() {
        ModelSpec spec = spec(600, "{type: page-hinkley, threshold: 1e9}", "0", "0");
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        for (int i = 0; i < 600; i++) {
            learner.learn(state, i == 550 ? sample(1e30, 1, 1, i) : sample(1, 2, 1, i));
        }
        assertThat(state.rejected()).isEqualTo(1);
        assertThat(state.samples()).isEqualTo(599);
        assertThat(state.total().samples()).isEqualTo(599);
        assertThat(state.window().samples()).isEqualTo(599);
        assertThat(state.total().loss()).isCloseTo(4, within(1e-12));
        assertThat(state.watcher().drift().state()[0]).as("values seen").isEqualTo(599);
    }

    @Test
    void a_plateau_lowers_the_rate_and_a_restart_keeps_it() throws IOException {
        ModelSpec spec = ModelSpec.parse("""
                name: m
                label: y
                features: {numeric: [a], standardize: false}
                loss: mean-squared-error
                optimizer: {type: sgd, learningRate: 0.5}
                schedule: {type: plateau, gamma: 0.5, patience: 2, warmup: 4}
                evaluation: {window: 10}
                """);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        List<Double> rates = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            // Alternating labels that no line fits, so the loss soon stops falling.
            learner.learn(state, sample(0, i % 2, 1, i));
            rates.add(state.updateWindow().learningRate());
            if (state.window().samples() == spec.window()) {
                learner.nextWindow(state);
                state = restore(LearnerTest.bytes(state));
                learner = new Learner(spec);
            }
        }
        assertThat(rates.subList(0, 5)).containsExactly(0.125, 0.25, 0.375, 0.5, 0.5);
        assertThat(rates.get(79)).isLessThanOrEqualTo(0.125);
        assertThat(rates.stream().skip(4).distinct().toList()).startsWith(0.5, 0.25, 0.125);

        LearnerState other = restore(LearnerTest.bytes(state));
        Learner constant = new Learner(ModelSpec.parse(spec.toYaml().replaceAll("schedule: .*", "schedule: {}")));
        constant.learn(other, sample(0, 1, 1, 80));
        assertThat(other.updateWindow().learningRate()).as("another schedule").isEqualTo(0.5);
        assertThat(other.updateMemory()).isEmpty();
    }

    private static List<Event> events(ModelSpec spec) {
        Learner learner = new Learner(spec);
        return learn(learner, learner.start(), samples());
    }

    private static LearnerState state(ModelSpec spec) {
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        samples().forEach(sample -> learner.learn(state, sample));
        return state;
    }

    /** Learns like the job, which ends a window when it is full. */
    private static List<Event> learn(Learner learner, LearnerState state, List<Sample> samples) {
        List<Event> events = new ArrayList<>();
        for (Sample sample : samples) {
            learner.learn(state, sample);
            if (state.window().samples() >= learner.spec().window()) {
                learner.nextWindow(state, () -> events.addAll(state.watcher().events()));
            }
        }
        return events;
    }

    private static ModelSpec spec(int batch, String drift, String divergence, String plateau) {
        return ModelSpec.parse("""
                name: m
                label: y
                weight: w
                features: {numeric: [a], standardize: false}
                loss: mean-squared-error
                optimizer: {type: sgd, learningRate: 0.002}
                batch: {size: %d}
                evaluation: {window: 100}
                watch: {drift: %s, divergence: %s, plateau: %s}
                """.formatted(batch, drift, divergence, plateau));
    }

    /** A line with noise, and a different line after the change. */
    private static List<Sample> samples() {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < SAMPLES; i++) {
            double x = random.nextDouble(-1, 1);
            double y = (i < CHANGE ? 0.3 : 3) * (1 + x) + random.nextDouble(-0.5, 0.5);
            samples.add(sample(x, y, 1, i));
        }
        return samples;
    }

    private static Sample sample(double x, double y, float weight, int i) {
        return Sample.of(
                new double[] {x}, new int[0], new float[0], (float) y, weight, new Sample.Position(0, i, i, 0));
    }

    private static LearnerState restore(byte[] bytes) throws IOException {
        return LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    }
}

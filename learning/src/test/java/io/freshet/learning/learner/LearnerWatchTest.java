package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.codec.LearnerStateCodec;
import io.freshet.learning.evaluation.UpdateMetrics;
import io.freshet.learning.evaluation.UpdateTally;
import io.freshet.learning.features.Sample;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.watch.Event;
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

/** Would catch an event that a restart loses, repeats or moves, and a watcher that disturbs what it watches. */
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
    void a_change_of_what_is_to_be_learned_is_a_drift_soon_after(ModelSpec spec) {
        List<Event> events = events(spec);
        List<Event> drifts = events.stream()
                .filter(event -> event.kind() == Event.Kind.DRIFT && event.samples() > CHANGE)
                .toList();
        assertThat(drifts).isNotEmpty();
        Event first = drifts.get(0);
        assertThat(first.samples()).isBetween(CHANGE + 1L, CHANGE + 300L);
        assertThat(first.detector()).isEqualTo(spec.watch().drift().name());
        assertThat(first.before()).isBetween(0.05, 0.4);
        assertThat(first.after()).isGreaterThan(first.before());
        assertThat(events.stream().map(Event::kind)).contains(Event.Kind.DIVERGENCE, Event.Kind.PLATEAU);
    }

    @ParameterizedTest
    @MethodSource("watched")
    void after_a_restart_the_rest_leads_to_the_same_events_and_the_same_bits(ModelSpec spec) throws IOException {
        List<Sample> samples = samples();
        Learner learner = new Learner(spec);
        LearnerState whole = learner.start();
        List<Event> undisturbed = learn(learner, whole, samples);
        assertThat(undisturbed).hasSizeGreaterThan(3);

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
            assertThat(resumed).as("seed %d, restored at %d", SEED, k).isEqualTo(undisturbed);
            assertThat(LearnerTest.bytes(restored)).isEqualTo(LearnerTest.bytes(whole));
            events.addAll(learn(first, copy, samples.subList(k, SAMPLES)));
            assertThat(events).as("seed %d, copied at %d", SEED, k).isEqualTo(undisturbed);
        }
    }

    /** An event stays until the window is read, wherever the checkpoint falls between. */
    @Test
    void an_event_that_is_not_read_yet_is_in_the_state() throws IOException {
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
    void watching_changes_no_parameter(int batch) {
        LearnerState off = state(spec(batch, "none", "0", "0"));
        LearnerState on = state(spec(batch, "adwin", "2", "1"));
        assertThat(on.weights()).isEqualTo(off.weights());
        assertThat(on.total().sums()).isEqualTo(off.total().sums());
        assertThat(off.watcher().events()).isEmpty();
    }

    @Test
    void a_detector_of_other_settings_starts_anew_and_one_of_the_same_goes_on() throws IOException {
        List<Sample> samples = samples();
        ModelSpec spec = spec(1, "adwin", "10", "3");
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        learn(learner, state, samples.subList(0, 1_000));
        byte[] saved = LearnerTest.bytes(state);

        LearnerState other = restore(saved);
        Learner changed = new Learner(spec(1, "page-hinkley", "10", "4"));
        changed.learn(other, samples.get(1_000));
        assertThat(other.watcher().drift().state()[0]).as("values seen").isEqualTo(1);
        assertThat(other.watcher().plateau().state()).containsExactly(Double.POSITIVE_INFINITY, 0);
        assertThat(other.watcher().divergence().state())
                .isEqualTo(state.watcher().divergence().state());

        LearnerState none = restore(saved);
        new Learner(spec(1, "none", "0", "0")).learn(none, samples.get(1_000));
        assertThat(none.watcher().drift().state()).isEmpty();
        assertThat(none.watcher().drift().settings()).isEmpty();
    }

    @Test
    void windows_that_the_end_of_the_input_cut_short_and_those_without_weight_tell_nothing() {
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

    /** Norms are measured at every 64th update, and of windows with fewer there were many without any. */
    @ParameterizedTest
    @ValueSource(ints = {1, 64})
    void a_model_whose_steps_explode_is_held_until_they_do_not(int batch) {
        Learner learner = new Learner(ModelSpec.parse("""
                {name: m, label: y, features: {numeric: [a], standardize: false}, loss: mean-absolute-error,
                 batch: {size: %d}, evaluation: {window: 640}, watch: {divergence: {factor: 1e30, norm: 1000}}}
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
    void of_very_many_events_the_newest_are_kept() {
        Watcher watcher = new Watcher();
        watcher.attach(spec(1, "none", "2", "1").watch());
        watcher.window(1, NONE, 0, "hold", new Lineage());
        for (int i = 1; i <= 1_000; i++) {
            watcher.window(1, NONE, i, "hold", new Lineage());
        }
        assertThat(watcher.events()).hasSize(Watcher.MOST_EVENTS);
        assertThat(watcher.events().get(99)).isEqualTo(new Event(Event.Kind.PLATEAU, "plateau", 1_000, 1, 1));
        assertThat(watcher.events().get(0).samples()).isEqualTo(901);
    }

    /** Its good samples were counted twice: once with the batch, and again without the bad one. */
    @Test
    void a_large_batch_with_a_bad_sample_counts_each_good_one_once() {
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
    void a_plateau_of_the_windows_lowers_the_rate_and_a_restart_keeps_it_low() throws IOException {
        ModelSpec spec = ModelSpec.parse("""
                name: m
                label: y
                features: {numeric: [a], standardize: false}
                loss: mean-squared-error
                optimizer: {learningRate: 0.5}
                schedule: {type: plateau, gamma: 0.5, patience: 2, warmup: 4}
                evaluation: {window: 10}
                """);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        List<Double> rates = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            // Two labels by turns, that no line meets: the loss of a window cannot fall for long.
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
        assertThat(other.scheduleMemory()).isEmpty();
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

    /** Learns as the job does: a window is read when it is full. */
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
                optimizer: {learningRate: 0.002}
                batch: {size: %d}
                evaluation: {window: 100}
                watch: {drift: %s, divergence: %s, plateau: %s}
                """.formatted(batch, drift, divergence, plateau));
    }

    /** A line with noise; from the change on, another line. */
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

package io.freshet.learning.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.freshet.learning.RandomSamples;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.features.Interleaving;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.LateLabels;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.LearnerStateCodec;
import io.freshet.learning.loss.BinaryCrossEntropy;
import io.freshet.learning.model.ModelCases;
import io.freshet.learning.spec.Merge;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.ReplicaSettings;
import io.freshet.learning.spec.Slots;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch samples, metrics, or partitions that merging loses, and a replica that learns what it should wait for. */
class ReplicaTest {
    private static final long SEED = 20261128;
    private static final int PERIOD = 50;

    private static ModelSpec spec(String model, String optimizer, String... more) {
        return ModelCases.of(model, new BinaryCrossEntropy(), optimizer, more);
    }

    private static ReplicaSettings settings(int count, int staleness, Slots slots) {
        return new ReplicaSettings(count, PERIOD, staleness, Merge.MEAN, slots);
    }

    static List<String> optimizers() {
        return TestSpecs.steppingOptimizers();
    }

    /** Standardized features are the exception: moments of a round are merged in one step, which rounds differently. */
    @ParameterizedTest
    @MethodSource("optimizers")
    void one_replica_learns_the_same_bits_as_a_learner(String optimizer) {
        for (String model : ModelCases.names()) {
            ModelSpec spec = spec(model, optimizer, "batch: {size: 3}");
            Learner learner = new Learner(spec);
            LearnerState expected = learner.start();
            List<Sample> samples = unscaled(spec, 1000);
            samples.forEach(sample -> learner.learn(expected, sample));
            Slots slots = optimizer.equals("ftrl") ? Slots.MEAN : Slots.LOCAL;
            RacingReplicas one = new RacingReplicas(learner, settings(1, 0, slots), learner.start(), SEED);
            one.learn(List.of(samples));
            assertThat(one.merged.merged().weights().parameters())
                    .as(model)
                    .isEqualTo(expected.weights().parameters());
            assertThat(one.merged.merged().updates()).isEqualTo(expected.updates());
            assertThat(one.merged.merged().total().metrics().loss())
                    .isCloseTo(expected.total().metrics().loss(), within(1e-12));
        }
    }

    /** Would catch a prediction that is lost when a round opens. */
    @Test
    void the_stages_of_a_request_may_span_rounds() {
        ModelSpec spec = TestSpecs.of(new BinaryCrossEntropy(), 1, "adagrad", 1, "join: {within: 1h, after: 0}");
        Learner learner = new Learner(spec);
        LearnerState expected = learner.start();
        List<Sample> stages = new ArrayList<>();
        List<Sample> requests = RandomSamples.of(spec, 500, SEED).stream()
                .map(sample -> Sample.of(new double[2], sample.rows(), sample.values(), 0, 1, sample.position()))
                .toList();
        for (int i = 0; i < requests.size(); i++) {
            stages.add(LateLabels.open(requests.get(i), 0, i));
            if (i >= 2 * PERIOD) {
                int late = i - 2 * PERIOD;
                stages.add(LateLabels.changed(requests.get(late), 1, 0, late));
                stages.add(LateLabels.closed(requests.get(late), 1, late));
            }
        }
        stages.forEach(sample -> learner.learn(expected, sample));
        RacingReplicas one = new RacingReplicas(learner, settings(1, 0, Slots.LOCAL), learner.start(), SEED);
        one.learn(List.of(stages));
        one.finish();
        LearnerState merged = one.merged.merged();
        assertThat(merged.weights().parameters()).isEqualTo(expected.weights().parameters());
        assertThat(merged.samples()).isEqualTo(expected.samples());
        assertThat(merged.total().samples())
                .isEqualTo(expected.total().samples())
                .isEqualTo(400);
        assertThat(merged.total().metrics().loss())
                .isCloseTo(expected.total().metrics().loss(), within(1e-12));
    }

    @Test
    void merges_everything_that_a_learner_counts() {
        ModelSpec spec = spec("linear", "adam", "evaluation: {window: 300}");
        Learner learner = new Learner(spec);
        LearnerState alone = learner.start();
        List<Sample> samples = heldOut(ModelCases.samples(spec, 1010, SEED));
        samples.forEach(sample -> learner.learn(alone, sample));
        RacingReplicas racing = new RacingReplicas(learner, settings(4, 1, Slots.LOCAL), learner.start(), SEED);
        racing.learn(deal(samples, 4));
        racing.finish();

        LearnerState merged = racing.merged.merged();
        assertThat(merged.samples()).isEqualTo(alone.samples());
        assertThat(merged.updates() + merged.otherUpdates()).isEqualTo(alone.updates());
        assertThat(merged.total().samples()).isEqualTo(alone.total().samples());
        assertThat(merged.windows())
                .as("after 400, 400 samples received, with those held out")
                .isEqualTo(2);
        assertThat(merged.epochProgress().holdout().samples())
                .isEqualTo(alone.epochProgress().holdout().samples());
        assertThat(merged.lineage().position()).isEqualTo(1010);
        assertThat(merged.lineage().watermark()).isEqualTo(alone.lineage().watermark());
        assertThat(merged.lineage().changes()).isEqualTo(alone.lineage().changes());
        assertThat(places(merged)).isEqualTo(places(alone));
        for (int i = 0; i < merged.moments().length; i++) {
            assertThat(merged.moments()[i]).isCloseTo(alone.moments()[i], withinPercentage(1e-9));
        }
        assertThat(merged.total().metrics().loss())
                .isCloseTo(alone.total().metrics().loss(), withinPercentage(20));
    }

    @Test
    void contributions_record_the_order_of_partitions_of_which_one_joined_within_a_round() {
        ModelSpec spec = spec("linear", "sgd", "replicas: {count: 1, period: 50, staleness: 0}");
        Learner learner = new Learner(spec);
        Replica replica = new Replica(learner, Objects.requireNonNull(spec.replicas()));
        ReplicaState state = replica.start(0, learner.start());
        Contribution contribution = null;
        List<Integer> expected = new ArrayList<>();
        for (Sample each : ModelCases.samples(spec, PERIOD, SEED)) {
            int position = expected.size();
            int partition = position < 31 ? position % 2 : (position - 31) % 3 + 1;
            expected.add(partition);
            contribution = replica.learn(
                    state,
                    new Sample(
                            each.features(),
                            each.label(),
                            each.weight(),
                            false,
                            new Sample.Position(partition, position, each.eventTime(), 0)));
        }
        Interleaving order = Objects.requireNonNull(contribution).lineage().order();
        assertThat(IntStream.range(0, PERIOD).mapToObj(order::partition)).isEqualTo(expected);
        assertThat(order.rounds()).hasSizeLessThan(4);
    }

    private static Map<Integer, List<Long>> places(LearnerState state) {
        Map<Integer, List<Long>> places = new TreeMap<>();
        for (int i = 0; i < state.lineage().partitions().length; i++) {
            places.put(
                    state.lineage().partitions()[i],
                    List.of(state.lineage().firstOffsets()[i], state.lineage().offsets()[i]));
        }
        return places;
    }

    private static List<Sample> heldOut(List<Sample> samples) {
        return samples.stream()
                .map(each -> new Sample(
                        each.features(),
                        each.label(),
                        each.weight(),
                        each.offset() % 10 == 3,
                        new Sample.Position(each.partition(), each.offset(), each.eventTime(), 0)))
                .toList();
    }

    private static List<List<Sample>> deal(List<Sample> samples, int replicas) {
        return IntStream.range(0, replicas)
                .mapToObj(r -> samples.stream()
                        .filter(sample -> sample.partition() % replicas == r)
                        .toList())
                .toList();
    }

    /** The log alone decides: who was slow, and when a point was received, does not matter. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void rounds_closed_without_some_replicas_lose_nothing_and_can_be_replayed(int staleness) {
        ModelSpec spec = spec("linear", "adagrad", "batch: {size: 8}");
        Learner learner = new Learner(spec);
        List<Sample> samples = ModelCases.samples(spec, 4000, SEED);
        ReplicaSettings settings = settings(4, staleness, Slots.MEAN);
        RacingReplicas racing = new RacingReplicas(learner, settings, learner.start(), SEED).closingEarly(3);
        racing.learn(deal(samples, 4));
        racing.finish();
        assertThat(racing.log.stream().flatMap(point -> late(point).stream()))
                .as("late contributions")
                .hasSizeGreaterThan(5);
        assertThat(racing.merged.merged().samples()).isEqualTo(4000);
        assertThat(racing.merged.merged().lineage().position()).isEqualTo(4000);

        LearnerState replayed = ReplayedReplicas.replay(learner, settings, deal(samples, 4), racing.log);
        assertThat(bytes(replayed)).isEqualTo(bytes(racing.merged.merged()));
    }

    private static byte[] bytes(LearnerState state) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            LearnerStateCodec.write(state, new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static List<ContributionId> late(MergedPoint point) {
        return point.closing().members().stream()
                .filter(member -> member.round() < point.round())
                .toList();
    }

    @Test
    void a_replica_waits_for_the_point_that_its_round_starts_from() {
        ModelSpec spec = spec("linear", "sgd");
        Learner learner = new Learner(spec);
        ReplicaSettings settings = settings(2, 1, Slots.LOCAL);
        Replica replica = new Replica(learner, settings);
        ReplicaState state = replica.start(0, learner.start());
        List<Sample> samples = ModelCases.samples(spec, 2 * PERIOD, SEED);
        samples.forEach(sample -> replica.learn(state, sample));
        assertThat(replica.isReady(state)).isFalse();
        assertThatThrownBy(() -> replica.learn(state, samples.get(0)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("replica 0: not ready after round 2 (expected: its next merged point first)");
    }

    @Test
    void reports_the_loss_of_each_replica_that_is_in_the_round() {
        ModelSpec spec = spec("linear", "sgd", "evaluation: {window: 50}");
        Learner learner = new Learner(spec);
        ReplicaSettings settings = settings(3, 1, Slots.LOCAL);
        Replica replica = new Replica(learner, settings);
        Reducer reducer = new Reducer(learner, settings);
        ReducerState reducing = reducer.start(learner.start());
        List<Double> expected = new ArrayList<>(Collections.nCopies(3, Double.NaN));
        for (int number : List.of(2, 0)) {
            ReplicaState state = replica.start(number, learner.start());
            for (Sample sample : ModelCases.samples(spec, PERIOD, SEED + number)) {
                Contribution contribution = replica.learn(state, sample);
                if (contribution != null) {
                    expected.set(number, contribution.validation().window().loss());
                    reducing.receive(contribution);
                }
            }
        }
        Closing closing = reducing.nextClosing(null);
        assertThat(reducer.merge(reducing, closing).losses()).isEqualTo(expected);
    }

    @Test
    void a_round_closes_only_with_contributions_that_were_received() {
        Learner learner = new Learner(spec("linear", "sgd"));
        Reducer reducer = new Reducer(learner, settings(2, 1, Slots.LOCAL));
        ReducerState state = reducer.start(learner.start());
        assertThatThrownBy(() -> reducer.close(state, new Closing(1, List.of(new ContributionId(1, 1, PERIOD)), null)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "closing: Closing[round=1, members=[ContributionId[replica=1, round=1, received=50]], specification=null]"
                                + " (expected: round 1 with some of [])");
        assertThat(state.round()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sgd     | batch: {size: full} | MEAN     | LOCAL | 0 | batch.size: full (expected: a number of samples with replicas)",
                "sgd     | batch: {size: 10}   | GRADIENT | MEAN  | 0 | replicas.slots: mean (expected: local with merge: gradient, which has one set of slots)",
                "sgd     | batch: {size: 1}    | GRADIENT | LOCAL | 0 | batch.size: 1 (expected: at least 2 with replicas.merge: gradient)",
                "sgd     | batch: {size: 8}    | GRADIENT | LOCAL | 0 | replicas.period: 10 (expected: batch.size, which is 8, with merge: gradient)",
                "sgd     | batch: {size: 10, maxDelayMillis: 5} | GRADIENT | LOCAL | 0 | batch.maxDelayMillis: 5 (expected: 0 with replicas.merge: gradient)",
                "sgd     | key: k              | MEAN     | LOCAL | 0 | replicas: 2 (expected: none for a model with a key)",
                "sgd     | epochs: 3           | MEAN     | LOCAL | 0 | epochs: 3 (expected: 1 with replicas)",
                "ftrl    | ''                  | MEAN     | LOCAL | 0 | replicas.slots: local (expected: mean for ftrl, whose parameters follow from its slots)",
                "rmsprop | ''                  | MEAN     | MEAN  | 1 | replicas.slots: mean (expected: local for rmsprop with a staleness of 1, since its mean squares could become negative)"
            })
    void refuses_what_cannot_be_merged(
            String optimizer, String line, Merge merge, Slots slots, int staleness, String message) {
        ReplicaSettings settings = new ReplicaSettings(2, 10, staleness, merge, slots);
        Learner learner = new Learner(spec("linear", optimizer, line));
        assertThatThrownBy(() -> new Replica(learner, settings))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    private static List<Sample> unscaled(ModelSpec spec, int count) {
        List<Sample> samples = new ArrayList<>();
        for (Sample sample : ModelCases.samples(spec, count, SEED)) {
            samples.add(PlainReplicas.unscaled(sample, new Sample.Position(0, samples.size(), sample.eventTime(), 0)));
        }
        return samples;
    }
}

package io.freshet.learning.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerStateCodec;
import io.freshet.learning.loss.BinaryCrossEntropy;
import io.freshet.learning.model.ModelCases;
import io.freshet.learning.spec.Merge;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.ReplicaSettings;
import io.freshet.learning.spec.Slots;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Would catch a part of a replica's or reducer's state that a checkpoint loses, and stored bytes that become unreadable. */
class ReplicaCodecTest {
    private static final long SEED = 20261128;
    private static final int REPLICAS = 3;
    private static final int PERIOD = 8;
    private static final String STORED = """
            name: test
            label: y
            features: {numeric: [a, b], categorical: [c], hashBits: 3}
            loss: binary-cross-entropy
            optimizer: {type: adagrad, learningRate: 0.1}
            batch: {size: 4}
            replicas: {count: 3, period: 8, staleness: 1}
            """;

    static Stream<Arguments> merges() {
        return Stream.of(
                Arguments.of(Merge.MEAN, Slots.LOCAL),
                Arguments.of(Merge.MEAN, Slots.MEAN),
                Arguments.of(Merge.GRADIENT, Slots.LOCAL));
    }

    @ParameterizedTest
    @MethodSource("merges")
    void restored_replicas_learn_the_same_bits(Merge merge, Slots slots) {
        for (String model : List.of("linear", "mlp")) {
            ModelSpec spec = ModelCases.of(
                    model, new BinaryCrossEntropy(), "adagrad", "batch: {size: 8}", "schedule: {type: plateau}");
            List<List<Sample>> samples = samples(spec, 50);
            ReplicaSettings settings = new ReplicaSettings(REPLICAS, PERIOD, 1, merge, slots);
            Learner learner = new Learner(spec);
            RacingReplicas expected = new RacingReplicas(learner, settings, learner.start(), SEED);
            expected.learn(samples);
            RacingReplicas restarted = new RacingReplicas(learner, settings, learner.start(), SEED).restarting();
            restarted.learn(samples);
            assertThat(RestoredReplicas.bytes(restarted.merged.merged(), LearnerStateCodec::write))
                    .as("%s, seed %d", model, SEED)
                    .isEqualTo(RestoredReplicas.bytes(expected.merged.merged(), LearnerStateCodec::write));
        }
    }

    /** The second point has announced the specification of the fourth round. */
    @Test
    void reads_stored_bytes_and_writes_them_again() {
        ReplicaState replica = again("replica", ReplicaState::read, ReplicaState::write);
        assertThat(replica.number()).isEqualTo(1);
        assertThat(replica.unmerged).hasSize(1);
        assertChanged(replica.specs, 4);
        ReducerState reducer = again("reducer", in -> ReducerState.read(replica.learner(), in), ReducerState::write);
        assertThat(reducer.round()).isEqualTo(2);
        assertChanged(reducer.specs, 4);
        MergedPoint point = again("merged-point", MergedPoint::read, MergedPoint::write);
        assertThat(point.round()).isEqualTo(2);
        assertThat(point.closing().specification()).isEqualTo(reducer.specs.newest());
        Contribution contribution = again("contribution", Contribution::read, Contribution::write);
        assertThat(contribution.member().replica()).isEqualTo(0);
        assertThat(contribution.changes()).isNotEmpty();
    }

    /** Returns what is stored, after comparing it with what is written of it. */
    private static <S> S again(String name, RestoredReplicas.Reader<S> reader, RestoredReplicas.Writer<S> writer) {
        S read = RestoredReplicas.read(stored(name), reader);
        assertThat(RestoredReplicas.bytes(read, writer)).as(name).isEqualTo(stored(name));
        return read;
    }

    private static void assertChanged(RoundSpecs specs, long round) {
        assertThat(period(specs.current())).isEqualTo(8);
        assertThat(period(specs.of(round - 1))).isEqualTo(8);
        assertThat(period(specs.of(round))).isEqualTo(6);
        assertThat(specs.of(round)).isEqualTo(specs.newest());
    }

    private static int period(String specification) {
        return Objects.requireNonNull(ModelSpec.parse(specification).replicas()).period();
    }

    @Test
    void refuses_an_unknown_version() {
        byte[] bytes = stored("merged-point");
        bytes[0] = 9;
        assertThatThrownBy(() -> RestoredReplicas.read(bytes, MergedPoint::read))
                .hasMessageContaining("merged point: version 9 (expected: 1)");
    }

    private static List<List<Sample>> samples(ModelSpec spec, int each) {
        List<Sample> all = ModelCases.samples(spec, REPLICAS * each, SEED);
        return IntStream.range(0, REPLICAS)
                .mapToObj(r -> IntStream.range(0, each)
                        .mapToObj(i -> all.get(i * REPLICAS + r))
                        .toList())
                .toList();
    }

    private static byte[] stored(String name) {
        String file = "/compatibility/" + name + "-v1.bin";
        try (InputStream in = ReplicaCodecTest.class.getResourceAsStream(file)) {
            return Objects.requireNonNull(in, file).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the stored bytes to a directory: two rounds of three replicas, and the third round of the first. */
    public static void main(String[] arguments) throws IOException {
        ModelSpec first = ModelSpec.parse(STORED);
        ReplicaSettings settings = Objects.requireNonNull(first.replicas());
        Learner learner = new Learner(first);
        Replica replica = new Replica(learner, settings);
        Reducer reducer = new Reducer(learner, settings);
        ReducerState reduced = reducer.start(learner.start());
        List<List<Sample>> samples = samples(first, 4 * PERIOD);
        List<ReplicaState> states = IntStream.range(0, REPLICAS)
                .mapToObj(r -> replica.start(r, learner.start()))
                .toList();
        MergedPoint point = round(replica, reducer, states, reduced, samples, null);
        for (ReplicaState state : states.subList(0, 2)) {
            replica.receive(state, point);
        }
        String second =
                ModelSpec.parse(STORED.replace("period: 8", "period: 6")).toYaml();
        point = round(replica, reducer, states, reduced, samples, second);
        replica.receive(states.get(0), point);
        Contribution contribution = learn(replica, states.get(0), samples.get(0).subList(2 * PERIOD, 3 * PERIOD));
        reduced.receive(contribution);
        replica.receive(states.get(1), point);
        learn(replica, states.get(1), samples.get(1).subList(2 * PERIOD, 2 * PERIOD + 3));
        write(arguments[0], "replica", states.get(1), ReplicaState::write);
        write(arguments[0], "reducer", reduced, ReducerState::write);
        write(arguments[0], "merged-point", point, MergedPoint::write);
        write(arguments[0], "contribution", contribution, Contribution::write);
    }

    private static MergedPoint round(
            Replica replica,
            Reducer reducer,
            List<ReplicaState> states,
            ReducerState reduced,
            List<List<Sample>> samples,
            @Nullable String announced) {
        int from = (int) reduced.round() * PERIOD;
        for (ReplicaState state : states) {
            reduced.receive(learn(replica, state, samples.get(state.number()).subList(from, from + PERIOD)));
        }
        return reducer.close(reduced, reduced.nextClosing(announced));
    }

    /** Returns the last contribution; null if the round is still open. */
    private static @Nullable Contribution learn(Replica replica, ReplicaState state, List<Sample> samples) {
        Contribution last = null;
        for (Sample sample : samples) {
            last = replica.learn(state, sample);
        }
        return last;
    }

    private static <S> void write(String directory, String name, S state, RestoredReplicas.Writer<S> writer)
            throws IOException {
        Files.write(Path.of(directory, name + "-v1.bin"), RestoredReplicas.bytes(state, writer));
    }
}

package io.freshet.learning.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.codec.LearnerStateCodec;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.loss.BinaryCrossEntropy;
import io.freshet.learning.merge.Merge;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.merge.Slots;
import io.freshet.learning.merge.Transfer;
import io.freshet.learning.model.ModelCases;
import io.freshet.learning.optimizer.Nesterov;
import io.freshet.learning.rounds.BlockChanges;
import io.freshet.learning.rounds.Contribution;
import io.freshet.learning.rounds.ContributionId;
import io.freshet.learning.rounds.MergedPoint;
import io.freshet.learning.rounds.RoundsMessage;
import io.freshet.learning.spec.ModelSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Would catch a part of a replica's or reducer's state that a checkpoint loses, and stored bytes that become unreadable. */
class ReplicaCodecTest {
    private static final long SEED = 20261128;
    private static final int REPLICAS = 3;
    private static final int PERIOD = 8;
    private static final String FIRST = "{name: first}";

    static Stream<Arguments> merges() {
        return Stream.of(Transfer.values())
                .flatMap(transfer -> Stream.of(
                        Arguments.of(Merge.mean(), Slots.LOCAL, transfer),
                        Arguments.of(Merge.sum(), Slots.MEAN, transfer),
                        Arguments.of(Merge.adaptive(), Slots.LOCAL, transfer),
                        Arguments.of(Merge.gradient(), Slots.LOCAL, transfer),
                        Arguments.of(Merge.outer(new Nesterov(0.5), 0.7), Slots.LOCAL, transfer)));
    }

    @ParameterizedTest
    @MethodSource("merges")
    void restored_replicas_learn_the_same_bits(Merge merge, Slots slots, Transfer transfer) {
        for (String model : List.of("linear", "mlp")) {
            ModelSpec spec = ModelCases.of(
                    model, new BinaryCrossEntropy(), "adagrad", "batch: {size: 8}", "schedule: {type: plateau}");
            List<List<Sample>> samples = samples(spec, 50);
            ReplicaSettings settings = new ReplicaSettings(REPLICAS, PERIOD, 1, merge, slots, transfer);
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

    @Test
    void reads_stored_bytes() {
        ReplicaState replica = replica("replica-v1");
        assertThat(replica.number()).isEqualTo(1);
        assertThat(replica.unmerged).hasSize(1);
        assertThat(replica.received).hasSize(1);
        assertThat(replica.open).isNotNull();
        assertThat(replica.specs.newest()).isEqualTo(FIRST);
        assertStartsWith(RestoredReplicas.bytes(replica, ReplicaState::write), stored("replica-v1"));
        Contribution contribution = RestoredReplicas.read(stored("contribution-v1"), Contribution::read);
        assertThat(contribution.member()).isEqualTo(new ContributionId(0, 3, PERIOD));
        assertThat(RestoredReplicas.bytes(contribution, Contribution::write)).isEqualTo(stored("contribution-v1"));
        MergedPoint point = RestoredReplicas.read(stored("merged-point-v1"), MergedPoint::read);
        assertThat(point.closing().members()).hasSize(REPLICAS);
        assertThat(RestoredReplicas.bytes(point, MergedPoint::write)).isEqualTo(stored("merged-point-v1"));
        ReducerState reducer = reducer("reducer-v1", replica);
        assertThat(reducer.round()).isEqualTo(point.round());
        assertThat(reducer.specs.newest()).isEqualTo(FIRST);
        assertStartsWith(RestoredReplicas.bytes(reducer, ReducerState::write), stored("reducer-v1"));
    }

    @Test
    void reads_stored_bytes_of_rounded_contributions() {
        ReplicaState replica = replica("replica-v2");
        assertThat(replica.errors).isNotNull();
        assertThat(replica.unmerged).hasSize(1);
        byte[] errors = RestoredReplicas.bytes(replica.errors, RoundingErrors::write);
        assertThat(stored("replica-v2")).endsWith(errors);
        byte[] written = RestoredReplicas.bytes(replica, ReplicaState::write);
        assertThat(written).endsWith(errors);
        assertStartsWith(written, Arrays.copyOf(stored("replica-v2"), stored("replica-v2").length - errors.length));
        Contribution contribution = RestoredReplicas.read(stored("contribution-v2"), Contribution::read);
        assertThat(contribution.transfer()).isEqualTo(Transfer.BFLOAT16);
        assertThat(RestoredReplicas.bytes(contribution, Contribution::write)).isEqualTo(stored("contribution-v2"));
    }

    /** The second point has announced the specification of the fourth round. */
    @Test
    void reads_stored_bytes_of_changed_specifications() {
        ReplicaState replica = replica("replica-v3");
        assertThat(replica.errors).isNotNull();
        assertChanged(replica.specs, 4);
        assertThat(RestoredReplicas.bytes(replica, ReplicaState::write)).isEqualTo(stored("replica-v3"));
        ReducerState reducer = reducer("reducer-v2", replica);
        assertChanged(reducer.specs, 4);
        assertThat(RestoredReplicas.bytes(reducer, ReducerState::write)).isEqualTo(stored("reducer-v2"));
        MergedPoint point = RestoredReplicas.read(stored("merged-point-v2"), MergedPoint::read);
        assertThat(point.round()).isEqualTo(2);
        assertThat(point.closing().specification()).isEqualTo(reducer.specs.newest());
        assertThat(RestoredReplicas.bytes(point, MergedPoint::write)).isEqualTo(stored("merged-point-v2"));
    }

    @Test
    void reads_stored_bytes_of_a_block_reducer() {
        assertThat(RestoredReplicas.bytes(blockReducer("block-reducer-v1"), BlockReducerState::write))
                .isEqualTo(RestoredReplicas.bytes(blockReducer("block-reducer-v2"), BlockReducerState::write))
                .isEqualTo(stored("block-reducer-v2"));
    }

    private static ReplicaState replica(String name) {
        return RestoredReplicas.read(stored(name), in -> ReplicaState.read(FIRST, in));
    }

    private static ReducerState reducer(String name, ReplicaState merged) {
        return RestoredReplicas.read(stored(name), in -> ReducerState.read(merged.learner(), FIRST, in));
    }

    /** Later versions have more fields at the end. */
    private static void assertStartsWith(byte[] written, byte[] stored) {
        assertThat(Arrays.copyOfRange(written, 1, stored.length))
                .isEqualTo(Arrays.copyOfRange(stored, 1, stored.length));
    }

    private static BlockReducerState blockReducer(String name) {
        BlockReducerState state = RestoredReplicas.read(stored(name), BlockReducerState::read);
        assertThat(state.first()).isEqualTo(1);
        assertThat(state.round()).isEqualTo(2);
        assertThat(state.last(0)).isEqualTo(3);
        assertThat(state.pending(0)).hasSize(1);
        assertThat(state.hasEnded(2)).isTrue();
        assertThat(state.values.get(3)).containsExactly(4);
        assertThat(state.slots).containsOnlyKeys(1);
        return state;
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
    void reads_stored_bytes_of_changed_blocks() throws IOException {
        BlockChanges changes = RestoredReplicas.read(stored("changes-v1"), BlockChanges::read);
        Contribution contribution = RestoredReplicas.read(stored("contribution-v2"), Contribution::read);
        assertThat(changes.member()).isEqualTo(contribution.member());
        assertThat(changes.weight()).isEqualTo(contribution.counts().samples());
        assertThat(changes.changes()).isNotEmpty();
        assertThat(RestoredReplicas.bytes(changes, BlockChanges::write)).isEqualTo(stored("changes-v1"));
    }

    /** Their message had another type, and contained the whole contribution. */
    @Test
    void reads_changed_blocks_as_they_were_sent_before() throws IOException {
        ContributionId member = RestoredReplicas.read(stored("contribution-v2"), Contribution::read)
                .member();
        ByteArrayOutputStream before = new ByteArrayOutputStream();
        new DataOutputStream(before).writeInt(0);
        before.write(stored("contribution-v2"));
        RoundsMessage read = RoundsMessage.read(
                (byte) 5,
                member.replica(),
                member.round(),
                new DataInputStream(new ByteArrayInputStream(before.toByteArray())));
        assertThat(RestoredReplicas.bytes(read, RoundsMessage::write)).isEqualTo(stored("changes-v1"));
    }

    @Test
    void refuses_an_unknown_version() {
        byte[] bytes = stored("merged-point-v1");
        bytes[0] = 9;
        assertThatThrownBy(() -> RestoredReplicas.read(bytes, MergedPoint::read))
                .hasMessageContaining("merged point: version 9 (expected: 1 to 2)");
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
        String file = "/compatibility/" + name + ".bin";
        try (InputStream in = ReplicaCodecTest.class.getResourceAsStream(file)) {
            return Objects.requireNonNull(in, file).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

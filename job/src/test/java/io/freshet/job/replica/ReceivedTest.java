package io.freshet.job.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.job.record.ModelKey;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.merge.Transfer;
import io.freshet.learning.rounds.BlockChanges;
import io.freshet.learning.rounds.Closing;
import io.freshet.learning.rounds.ContributionId;
import io.freshet.learning.rounds.RoundsMessage;
import io.freshet.learning.rounds.RoundsMessage.BlocksMerged;
import io.freshet.learning.rounds.RoundsMessage.Ended;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.SpecException;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Would catch a failure to merge that is skipped like a message of nobody: the rounds would stop, and nothing would report it. */
class ReceivedTest {
    private static final ContributionId MEMBER = new ContributionId(0, 1, 10);

    private final ReplicaGroup group = group();

    private static ReplicaGroup group() {
        ModelSpec spec = ModelSpec.parse("""
                {name: m, label: y, loss: mean-squared-error, optimizer: {type: sgd}, features: {categorical: [c], hashBits: 15},
                 replicas: {count: 2, period: 10, staleness: 0, reducers: 2, merge: mean}}
                """);
        ReplicaGroup group = new ReplicaGroup(
                new Learner(spec), ModelKey.ofReplicas("m", 2), new ReplicaRun("run", 2, false, key -> true, () -> 0));
        group.blocks(0, null);
        return group;
    }

    /** For instance if another release announced it. */
    @Test
    void a_specification_that_is_refused_when_a_round_is_merged_fails_the_model() {
        apply(new BlockChanges(0, MEMBER, Transfer.FLOAT32, 10, List.of()));
        apply(new Closing(1, List.of(MEMBER), "{name: m, optimizer: {type: unheard-of}}"));
        apply(new BlockChanges(0, new ContributionId(0, 2, 10), Transfer.FLOAT32, 10, List.of()));
        RoundsMessage closed = new Closing(2, List.of(new ContributionId(0, 2, 10)), null);
        assertThatThrownBy(() -> apply(closed)).isInstanceOf(SpecException.class);
    }

    @Test
    void a_message_of_an_unknown_replica_or_reducer_is_skipped() {
        assertThat(apply(new BlockChanges(0, new ContributionId(2, 1, 10), Transfer.FLOAT32, 10, List.of())))
                .isEmpty();
        assertThat(apply(new Ended(0, -1))).isEmpty();
        assertThat(apply(new BlocksMerged(1, 2, new TreeMap<>()))).isEmpty();
        assertThat(group.finishedRound()).isZero();
    }

    /** Its blocks would wait for the contribution for ever. */
    @Test
    void a_closing_that_names_an_unknown_replica_is_skipped() {
        apply(new Closing(1, List.of(MEMBER, new ContributionId(2, 1, 10)), null));
        apply(new BlockChanges(0, MEMBER, Transfer.FLOAT32, 10, List.of()));
        assertThat(apply(new Closing(1, List.of(MEMBER), null))).singleElement().isInstanceOf(BlocksMerged.class);
    }

    private List<RoundsMessage> apply(RoundsMessage message) {
        return new ReplicaGroups.Received(group, message, new RoundsLog.Entry("m/merged", 7, null)).apply();
    }
}

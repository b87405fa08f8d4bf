package io.freshet.job.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.job.record.ModelKey;
import io.freshet.learning.evaluation.UpdateTally;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.replica.Closing;
import io.freshet.learning.replica.Contribution;
import io.freshet.learning.replica.ContributionId;
import io.freshet.learning.replica.MergedPoint;
import io.freshet.learning.replica.RoundsMessage;
import io.freshet.learning.replica.RoundsMessage.Ended;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.SpecException;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Would catch a failure to merge that is skipped like a message of nobody: the rounds would stop, and nothing would report it. */
class ReceivedTest {
    private static final ContributionId MEMBER = new ContributionId(0, 1, 10);

    private final Learner learner = new Learner(ModelSpec.parse("""
            {name: m, label: y, loss: mean-squared-error, optimizer: {type: sgd}, features: {categorical: [c], hashBits: 3},
             replicas: {count: 2, period: 10, staleness: 0}}
            """));
    private final LearnerState start = learner.start();
    private final ReplicaGroup group = new ReplicaGroup(
            learner, ModelKey.ofReplicas("m", 2), "origin", new ReplicaRun("run", 2, false, key -> true, () -> 0));

    ReceivedTest() {
        group.reducer(null);
    }

    /** For instance if another release announced it. */
    @Test
    void a_specification_that_is_refused_when_a_round_is_merged_fails_the_model() {
        apply(contribution(MEMBER));
        apply(point(new Closing(1, List.of(MEMBER), "{name: m, optimizer: {type: unheard-of}}")));
        close();
        ContributionId second = new ContributionId(0, 2, 10);
        apply(contribution(second));
        apply(point(new Closing(2, List.of(second), null)));
        assertThatThrownBy(this::close).isInstanceOf(SpecException.class);
    }

    @Test
    void a_message_of_an_unknown_replica_is_skipped() {
        apply(contribution(new ContributionId(2, 1, 10)));
        apply(new Ended(2));
        apply(new Ended(-1));
        assertThat(reducing().state().hasUnmerged()).isFalse();
        assertThat(group.isMerged()).isFalse();
    }

    /** Its round would wait for the contribution for ever. */
    @Test
    void a_closing_that_names_an_unknown_replica_is_skipped() {
        apply(point(new Closing(1, List.of(MEMBER, new ContributionId(2, 1, 10)), null)));
        apply(contribution(MEMBER));
        apply(point(new Closing(1, List.of(MEMBER), null)));
        close();
        assertThat(reducing().state().round()).isEqualTo(1);
    }

    private GroupReducer reducing() {
        return Objects.requireNonNull(group.reducing());
    }

    private void close() {
        GroupReducer.Decision next = Objects.requireNonNull(reducing().decide());
        reducing().point(reducing().close(next, reducing().merged()));
    }

    private Contribution contribution(ContributionId member) {
        return new Contribution(
                member,
                new Contribution.Counts(10, 10, 10, 0),
                List.of(),
                new double[start.moments().length],
                new Contribution.Validation(
                        start.window().empty(),
                        new UpdateTally(),
                        start.window().empty()),
                new Lineage());
    }

    private MergedPoint point(Closing closing) {
        return new MergedPoint(closing, new TreeMap<>(), MergedPoint.Totals.of(start));
    }

    private void apply(RoundsMessage message) {
        new ReplicaGroups.Received(group, message, new RoundsLog.Entry("m/merged", 7, null)).apply();
    }
}

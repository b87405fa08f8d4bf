package io.freshet.learning.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.features.Lineage;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.SampleId;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.predict.WarmStart;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.stream.StreamLearner.Outcome;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Would catch a rule that is applied in another order, to another sample, or not at all. */
class StreamLearnerTest {
    private static final String YAML = """
            {name: m, label: y, key: k, features: {numeric: [a]}, loss: mean-squared-error,
             optimizer: {type: sgd, learningRate: 0.01}, evaluation: {window: 3}, reset: true,
             deduplicate: 1s, timeToLive: 2s}
            """;
    private static final ModelSpec SPEC = ModelSpec.parse(YAML);
    private static final ModelSpec FASTER = with("learningRate: 0.01", "learningRate: 0.1");
    private static final ModelSpec WIDER = with("numeric: [a]", "numeric: [a, b]");
    private static final ModelSpec NOT_DEDUPLICATING = with("deduplicate: 1s", "deduplicate: 0");
    private static final ModelSpec WIDER_WINDOW = with("deduplicate: 1s", "deduplicate: 2s");
    private static final ModelSpec FOREVER = with("timeToLive: 2s", "timeToLive: 0");

    private final RecordingListener log = new RecordingListener();
    private final HeapKey key = new HeapKey(log.events);
    private final InMemoryReceivedIds ids = new InMemoryReceivedIds();
    private final StreamLearner<RuntimeException> stream = new StreamLearner<>(new Deduplicator<>(ids), log);
    private Learner learner = new Learner(SPEC);
    private long offset;

    @Test
    void starts_from_scratch_with_the_first_sample() {
        assertThat(receive("a", 0)).isEqualTo(Outcome.ACCEPTED);

        assertThat(log.events).containsExactly("start", "using", "learning", "learned");
        assertThat(key.stateHash()).isEqualTo(learner.stateHash());
        assertThat(key.newestEventTime()).isZero();
        assertThat(state().samples()).isEqualTo(1);
    }

    @Test
    void counts_a_duplicate_and_learns_nothing() {
        receive("a", 0);
        LearnerState before = state().copy();
        log.events.clear();

        assertThat(receive("a", 1_000)).isEqualTo(Outcome.DUPLICATE);

        assertThat(log.events).containsExactly("using");
        assertThat(state().weights()).isEqualTo(before.weights());
        assertThat(state().samples()).isEqualTo(1);
        assertThat(state().lineage().position()).isEqualTo(2);
        assertThat(key.newestEventTime()).as("a duplicate is no activity").isZero();
    }

    @Test
    void learns_an_id_again_outside_the_window_and_a_sample_without_an_id() {
        receive("a", 0);
        assertThat(receive("a", 1_001)).isEqualTo(Outcome.ACCEPTED);
        assertThat(receive(null, 1_001)).isEqualTo(Outcome.ACCEPTED);
        assertThat(receive(null, 1_001)).isEqualTo(Outcome.ACCEPTED);
    }

    @Test
    void learns_a_sample_of_a_known_id_if_the_state_was_lost() {
        receive("a", 0);
        key.state = null;

        assertThat(receive("a", 0)).isEqualTo(Outcome.ACCEPTED);
        assertThat(state().lineage().position()).isEqualTo(1);
    }

    @Test
    void expires_after_the_time_to_live_and_forgets_the_received_ids() {
        learner = new Learner(WIDER_WINDOW);
        receive("a", 0);
        receive("b", 2_000);
        assertThat(state().lineage().position()).as("not yet").isEqualTo(2);
        log.events.clear();

        assertThat(receive("c", 4_001)).isEqualTo(Outcome.ACCEPTED);
        assertThat(log.events).containsExactly("delete", "start", "using", "learning", "learned");
        assertThat(receive("b", 2_001)).as("duplicate before the expiry").isEqualTo(Outcome.ACCEPTED);

        assertThat(state().lineage().position()).isEqualTo(2);
        assertThat(state().lineage().firstOffsets()).containsExactly(2);
    }

    @Test
    void never_expires_without_a_time_to_live() {
        learner = new Learner(FOREVER);
        receive("a", 0);
        receive("b", Long.MAX_VALUE);

        assertThat(state().lineage().position()).isEqualTo(2);
        assertThat(key.newestEventTime()).isEqualTo(EventTimes.NONE);
    }

    @Test
    void never_expires_if_no_activity_is_recorded() {
        key.recordsActivity = false;
        receive("a", 0);
        receive("b", Long.MAX_VALUE);

        assertThat(state().lineage().position()).isEqualTo(2);
    }

    @Test
    void another_state_hash_starts_from_scratch_with_no_ids_received() {
        receive("a", 0);
        learner = new Learner(WIDER);
        assertThat(WIDER.stateHash()).isNotEqualTo(SPEC.stateHash());
        log.events.clear();

        assertThat(receive("a", 0)).isEqualTo(Outcome.ACCEPTED);

        assertThat(log.events).containsExactly("start", "using", "learning", "learned");
        assertThat(key.stateHash()).isEqualTo(WIDER.stateHash());
        assertThat(state().lineage().changes()).containsExactly(new Lineage.Change(0, 0, WIDER.hash()));
        assertThat(receive("a", 0)).isEqualTo(Outcome.DUPLICATE);
    }

    @Test
    void another_specification_with_the_same_state_hash_continues() {
        receive("a", 0);
        learner = new Learner(FASTER);

        assertThat(receive("a", 0)).isEqualTo(Outcome.DUPLICATE);
        assertThat(receive("b", 0)).isEqualTo(Outcome.ACCEPTED);

        assertThat(state().lineage().changes())
                .containsExactly(new Lineage.Change(0, 0, SPEC.hash()), new Lineage.Change(1, 1, FASTER.hash(), 0, 1));
    }

    @Test
    void forgets_the_received_ids_once_deduplication_is_off() {
        receive("a", 0);
        learner = new Learner(NOT_DEDUPLICATING);
        assertThat(receive("a", 0)).isEqualTo(Outcome.ACCEPTED);
        assertThat(ids.periods()).isNull();

        learner = new Learner(SPEC);
        assertThat(receive("a", 0)).isEqualTo(Outcome.ACCEPTED);
        assertThat(receive("a", 0)).isEqualTo(Outcome.DUPLICATE);
    }

    @Test
    void ends_a_window_when_it_is_full() {
        receive("a", 0);
        receive("a", 0);
        receive("b", 0);
        assertThat(state().windows()).isZero();
        log.events.clear();

        receive("c", 0);

        assertThat(log.events).containsExactly("using", "learning", "learned", "windowEnded 3");
        assertThat(state().windows()).isEqualTo(1);
        assertThat(state().window().samples()).isZero();
    }

    @Test
    void reports_a_rejected_gradient() {
        learner = new Learner(with("numeric: [a]", "numeric: [a], standardize: false"));
        assertThat(stream.receive(learner, key, sample(1e30, 0), null)).isEqualTo(Outcome.ACCEPTED);

        assertThat(log.rejected).isEqualTo(1);
        assertThat(state().samples()).isZero();
        assertThat(state().rejected()).isEqualTo(1);
        assertThat(state().lineage().position()).isEqualTo(1);
    }

    @Test
    void starts_from_the_parameters_of_a_warm_start() {
        WarmStart warmStart = warmStart(5);
        learner = new Learner(SPEC, warmStart);

        receive("a", 0);

        Learner plain = new Learner(SPEC);
        LearnerState expected = learner.start();
        learner.rebase(expected, "k1");
        assertThat(expected.weights()).isNotEqualTo(plain.start().weights());
        learner.learn(expected, sample(1, 0, 0));
        assertThat(state().weights()).isEqualTo(expected.weights());
        assertThat(state().lineage().warmStart())
                .isEqualTo(warmStart.warmStart().checksum());
    }

    @Test
    void rebases_once_before_the_sample_even_if_that_is_a_duplicate() {
        receive("a", 0);
        learner = new Learner(SPEC, warmStart(5));

        assertThat(receive("a", 0)).isEqualTo(Outcome.DUPLICATE);
        LearnerState rebased = state().copy();
        learner.rebase(rebased, "k1");
        assertThat(state().weights()).isEqualTo(rebased.weights());

        receive("b", 0);
        assertThat(state().weights()).isNotEqualTo(rebased.weights());
    }

    @Test
    void deletes_the_state_with_its_ids() {
        receive("a", 0);

        stream.delete(key);

        assertThat(key.state).isNull();
        assertThat(ids.periods()).isNull();
        assertThat(receive("a", 0)).isEqualTo(Outcome.ACCEPTED);
    }

    @Test
    void learns_the_pending_batch_at_the_end_of_the_input() {
        learner = new Learner(with("reset: true", "reset: true, batch: {size: 4}"));
        receive("a", 0);
        assertThat(state().samples()).isZero();

        stream.finish(learner, state());

        assertThat(state().samples()).isEqualTo(1);
    }

    private Outcome receive(@Nullable String id, long eventTime) {
        byte[] bytes = id == null ? new byte[0] : id.getBytes(UTF_8);
        SampleId identity = id == null ? null : SampleId.of(bytes, 0, bytes.length, 0);
        return stream.receive(learner, key, sample(1, eventTime), identity);
    }

    private Sample sample(double a, long eventTime) {
        return sample(a, offset++, eventTime);
    }

    private Sample sample(double a, long at, long eventTime) {
        double[] numeric = new double[learner.spec().features().numeric().size()];
        numeric[0] = a;
        return Sample.of(numeric, new int[0], new float[0], 3, 1, new Sample.Position(0, at, eventTime, 0));
    }

    private LearnerState state() {
        return Objects.requireNonNull(key.state);
    }

    /** Returns the warm start of a model that learned a few samples. */
    private WarmStart warmStart(int samples) {
        Learner plain = new Learner(SPEC);
        LearnerState trained = plain.start();
        for (int i = 0; i < samples; i++) {
            plain.learn(trained, sample(i, i, i));
        }
        return WarmStart.of(List.of(plain.snapshot(trained, "k1")));
    }

    private static ModelSpec with(String from, String to) {
        assertThat(YAML).contains(from);
        return ModelSpec.parse(YAML.replace(from, to));
    }
}

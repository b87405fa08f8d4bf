package io.freshet.job.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.StoredText;
import io.freshet.job.join.score.ClosedRequest;
import io.freshet.job.join.score.JoinApplied;
import io.freshet.job.join.score.JoinRemoved;
import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.record.SpecChange;
import io.freshet.learning.join.JoinRule;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import io.freshet.schemas.kafka.UnjoinedHeaders;
import io.freshet.schemas.loop.JoinCount;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Would catch a timer that is lost or fires twice, a count that a restart changes, and state that is never removed. */
class JoinOperatorHarnessTest {
    private static final ModelSpec SPEC = ModelSpec.parse("""
        {name: m, label: y, features: {numeric: [a], categorical: [origin]}, loss: binary-cross-entropy,
         join: {within: 100ms, after: 20ms, grace: 50ms}}
        """);

    @ParameterizedTest
    @EnumSource(Backend.class)
    void joins_a_request_with_its_outcome(Backend backend) throws Exception {
        try (JoinHarness harness = JoinHarness.start(backend, SPEC)) {
            harness.request("m", "r", 1000);
            harness.outcome("m", "r", 1, 1050);
            harness.watermark(1019);
            assertThat(harness.samples()).isEmpty();
            harness.watermark(1020);
            assertThat(harness.samples()).containsExactly("OPEN r 0.0");
            harness.watermark(1050);
            assertThat(harness.samples()).containsExactly("CHANGED r 1.0 from 0.0");
            harness.watermark(1100);
            assertThat(harness.samples()).containsExactly("CLOSED r 1.0");
            assertThat(harness.closed())
                    .containsExactly(new ClosedRequest("m", 1.0, 50, null, ClosedRequest.shape(SPEC), List.of()));
            harness.watermark(1149);
            assertThat(harness.ids()).isOne();
            assertThat(harness.timers()).isOne();
            harness.watermark(1150);
            assertThat(harness.ids()).isZero();
            assertThat(harness.timers()).isZero();
        }
    }

    /** Its content cannot be read, as after a bug, so every sample of it is a fault. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void a_fault_at_one_id_leaves_it_as_it_was_and_stops_no_other(Backend backend) throws Exception {
        ModelSpec other = ModelSpec.parse(SPEC.toYaml().replace("name: m", "name: other"));
        OperatorSubtaskState state;
        try (JoinHarness harness = JoinHarness.start(backend, SPEC, other)) {
            harness.unreadableRequest("m", "bad", 1000);
            harness.request("m", "good", 1000);
            harness.request("other", "r", 1000);
            harness.watermark(1030);
            assertThat(harness.samples()).containsExactlyInAnyOrder("OPEN good 0.0", "OPEN r 0.0");
            harness.outcome("m", "bad", 1, 1010);
            assertThat(harness.samples()).isEmpty();
            assertThat(harness.deadLetters(DeadLetterHeaders.MESSAGE))
                    .singleElement()
                    .satisfies(letter -> assertThat(letter)
                            .startsWith("outcome bad: java.io.UncheckedIOException: state of a request"));
            harness.snapshot();
            assertThat(harness.count(JoinCount.OUTCOMES)).isZero();
            assertThat(harness.count(JoinCount.REJECTED)).isOne();
            state = harness.snapshot();
        }
        try (JoinHarness harness = JoinHarness.restore(backend, state, 1, 1, 0)) {
            harness.watermark(1150);
            assertThat(harness.samples()).containsExactlyInAnyOrder("CLOSED good 0.0", "CLOSED r 0.0");
            assertThat(harness.ids()).isOne();
            assertThat(harness.timers()).isOne();
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void keeps_one_timer_for_an_id(Backend backend) throws Exception {
        try (JoinHarness harness = JoinHarness.start(backend, SPEC)) {
            harness.outcome("m", "r", 1, 1050);
            harness.request("m", "r", 1000);
            harness.watermark(1030);
            harness.outcome("m", "r", 0, 1090);
            harness.outcome("m", "r", 0, 1070);
            assertThat(harness.timers()).isOne();
            harness.watermark(1100);
            assertThat(harness.samples())
                    .containsExactly("OPEN r 0.0", "CHANGED r 1.0 from 0.0", "CHANGED r 0.0 from 1.0", "CLOSED r 0.0");
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void continues_as_if_nothing_had_failed(Backend backend) throws Exception {
        OperatorSubtaskState state;
        try (JoinHarness harness = JoinHarness.start(backend, SPEC)) {
            harness.request("m", "r", 1000);
            harness.outcome("m", "early", 1, 1010);
            harness.watermark(1030);
            state = harness.snapshot();
            assertThat(harness.count(JoinCount.OPEN)).isOne();
            assertThat(harness.count(JoinCount.WAITING)).isOne();
        }
        try (JoinHarness harness = JoinHarness.restore(backend, state, 1, 1, 0)) {
            assertThat(harness.timers()).isEqualTo(2);
            // Watermarks start over, but the event time that was reached does not.
            harness.watermark(900);
            harness.outcome("m", "r", 1, 1025);
            assertThat(harness.samples()).containsExactly("CHANGED r 1.0 from 0.0");
            harness.request("m", "early", 1000);
            assertThat(harness.samples()).containsExactly("OPEN early 1.0");
            harness.watermark(1150);
            assertThat(harness.samples()).containsExactly("CLOSED r 1.0", "CLOSED early 1.0");
            harness.snapshot();
            assertThat(harness.count(JoinCount.OPEN)).isEqualTo(-1);
            assertThat(harness.count(JoinCount.WAITING)).isEqualTo(-1);
            assertThat(harness.ids()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void keeps_every_id_when_rescaled(Backend backend) throws Exception {
        int ids = 50;
        OperatorSubtaskState state;
        try (JoinHarness harness = JoinHarness.start(backend, SPEC)) {
            for (int i = 0; i < ids; i++) {
                harness.request("m", "r" + i, 1000 + i);
            }
            harness.watermark(1000);
            state = harness.snapshot();
        }
        OperatorSubtaskState[] parts = new OperatorSubtaskState[3];
        for (int i = 0; i < parts.length; i++) {
            try (JoinHarness harness = JoinHarness.restore(backend, state, 1, 3, i)) {
                parts[i] = harness.snapshot();
            }
        }
        OperatorSubtaskState all = AbstractStreamOperatorTestHarness.repackageState(parts);
        try (JoinHarness harness = JoinHarness.restore(backend, all, 3, 1, 0)) {
            assertThat(harness.ids()).isEqualTo(ids);
            harness.watermark(2000);
            assertThat(harness.samples()).hasSize(2 * ids).doesNotHaveDuplicates();
            assertThat(harness.ids()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void sends_what_is_not_joined_with_the_reason(Backend backend) throws Exception {
        try (JoinHarness harness = JoinHarness.start(backend, SPEC)) {
            harness.outcome("m", "never", 1, 1000);
            harness.request("m", "r", 1000);
            harness.outcome("m", "r", 1, 1101);
            harness.watermark(1200);
            harness.outcome("m", "late", 1, 1040);
            harness.request("m", "later", 1049);
            assertThat(harness.unjoined(UnjoinedHeaders.REASON))
                    .containsExactly(
                            "outcome r: outside", "outcome never: orphan", "outcome late: late", "request later: late");
            harness.snapshot();
            assertThat(harness.count(JoinCount.OUTSIDE)).isOne();
            assertThat(harness.count(JoinCount.ORPHANS)).isOne();
            assertThat(harness.count(JoinCount.LATE)).isOne();
            assertThat(harness.count(JoinCount.LATE_REQUESTS)).isOne();
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void no_count_of_what_was_received_falls(Backend backend) throws Exception {
        try (JoinHarness harness = JoinHarness.start(backend, SPEC)) {
            harness.outcome("m", "r", 1, 1050, "o");
            harness.outcome("m", "r", 0, 1060, "o");
            harness.snapshot();
            assertThat(harness.count(JoinCount.OUTCOMES)).isEqualTo(2);
            // Only the request shows that the second counts twice.
            harness.request("m", "r", 1000);
            harness.snapshot();
            assertThat(harness.count(JoinCount.OUTCOMES)).isEqualTo(2);
            assertThat(harness.count(JoinCount.DOUBLED)).isOne();
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void values_of_other_fields_than_those_of_slices_are_not_scored(Backend backend) throws Exception {
        ModelSpec before = sliced("origin");
        try (JoinHarness harness = JoinHarness.start(backend, before)) {
            harness.request("m", "same", 1000, before);
            harness.watermark(1100);
            harness.request("m", "changed", 1090, before);
            harness.change(SpecChange.applied(sliced("device")));
            harness.watermark(1190);
            assertThat(harness.closed()).extracting(ClosedRequest::slices).containsExactly(List.of("SEA"), List.of());
        }
    }

    /** As after an upgrade that is rolled back. */
    @Test
    void ids_of_a_specification_that_this_version_refuses_wait_until_it_is_accepted() throws Exception {
        OperatorSubtaskState state;
        try (JoinHarness harness = JoinHarness.start(Backend.HEAP, SPEC)) {
            harness.request("m", "r", 1000);
            harness.outcome("m", "r", 1, 1010);
            state = harness.snapshot();
        }
        String loss = "binary-cross-entropy";
        String unknown = "binary-cross-entropx";
        try (JoinHarness harness =
                JoinHarness.restore(Backend.HEAP, StoredText.replaced(state, loss, unknown), 1, 1, 0)) {
            harness.watermark(5000);
            assertThat(harness.samples()).isEmpty();
            assertThat(harness.timers()).isOne();
            state = harness.snapshot();
        }
        try (JoinHarness harness =
                JoinHarness.restore(Backend.HEAP, StoredText.replaced(state, unknown, loss), 1, 1, 0)) {
            harness.watermark(1_000_000);
            assertThat(harness.samples()).containsExactly("OPEN r 1.0", "CLOSED r 1.0");
            assertThat(harness.ids()).isZero();
            assertThat(harness.timers()).isZero();
        }
    }

    @Test
    void ids_of_a_refused_specification_go_on_with_the_next_or_are_deleted_with_the_model() throws Exception {
        OperatorSubtaskState state;
        try (JoinHarness harness = JoinHarness.start(Backend.HEAP, SPEC)) {
            harness.request("m", "r", 1000);
            state = StoredText.replaced(harness.snapshot(), "binary-cross-entropy", "binary-cross-entropx");
        }
        try (JoinHarness harness = JoinHarness.restore(Backend.HEAP, state, 1, 1, 0)) {
            harness.watermark(1110);
            harness.change(SpecChange.applied(ModelSpec.parse(SPEC.toYaml().replace("reset: false", "reset: true"))));
            harness.watermark(1_000_000);
            assertThat(harness.samples()).containsExactly("OPEN r 0.0", "CLOSED r 0.0");
        }
        try (JoinHarness harness = JoinHarness.restore(Backend.HEAP, state, 1, 1, 0)) {
            harness.change(SpecChange.deleted("m"));
            harness.watermark(1_020);
            assertThat(harness.samples()).isEmpty();
            assertThat(harness.ids()).isZero();
            assertThat(harness.timers()).isZero();
        }
    }

    private static ModelSpec sliced(String field) {
        return ModelSpec.parse("""
                {name: m, label: y, features: {numeric: [a], categorical: [origin]}, loss: binary-cross-entropy,
                 join: {within: 100ms, after: 20ms, grace: 50ms, slices: [%s]}}
                """.formatted(field));
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void says_how_late_a_record_is(Backend backend) throws Exception {
        try (JoinHarness harness = JoinHarness.start(backend, SPEC)) {
            harness.watermark(1200);
            harness.outcome("m", "late", 1, 1040);
            assertThat(harness.unjoined(UnjoinedHeaders.LATENESS)).containsExactly("outcome late: 160");
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void forgets_outcomes_without_requests(Backend backend) throws Exception {
        try (JoinHarness harness = JoinHarness.start(backend, SPEC)) {
            for (int i = 0; i < 1_000; i++) {
                harness.outcome("m", "x" + i, 1, 1000);
            }
            assertThat(harness.ids()).isEqualTo(1_000);
            harness.watermark(1150);
            assertThat(harness.ids()).isZero();
            assertThat(harness.timers()).isZero();
            harness.snapshot();
            assertThat(harness.count(JoinCount.ORPHANS)).isEqualTo(1_000);
            assertThat(harness.count(JoinCount.WAITING)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void rejects_more_outcomes_than_it_keeps(Backend backend) throws Exception {
        try (JoinHarness harness = JoinHarness.start(backend, SPEC)) {
            harness.request("m", "r", 1000);
            for (int i = 0; i <= JoinRule.MAXIMUM_OUTCOMES; i++) {
                harness.outcome("m", "r", i % 2 + i * 1e-6, 1001);
            }
            assertThat(harness.deadLetters(DeadLetterHeaders.MESSAGE))
                    .containsExactly("outcome r: id: more than 1000 outcomes (expected: up to 1000)");
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void rejects_more_bytes_than_it_keeps_of_outcomes_without_request(Backend backend) throws Exception {
        String id = "r".repeat(1_000);
        try (JoinHarness harness = JoinHarness.start(backend, SPEC)) {
            for (int i = 0; i < 40; i++) {
                harness.outcome("m", id, 1, 1001 + i);
            }
            assertThat(harness.deadLetters(DeadLetterHeaders.MESSAGE))
                    .hasSizeBetween(1, 20)
                    .containsOnly("outcome " + id + ": id: more outcomes before its request than are kept (expected: up"
                            + " to 65536 bytes of them, and 1000)");
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void continues_after_its_input_was_drained(Backend backend) throws Exception {
        OperatorSubtaskState state;
        try (JoinHarness harness = JoinHarness.start(backend, SPEC)) {
            harness.request("m", "r", 1000);
            harness.watermark(1030);
            assertThat(harness.samples()).containsExactly("OPEN r 0.0");
            harness.drain();
            assertThat(harness.samples()).isEmpty();
            state = harness.snapshot();
        }
        try (JoinHarness harness = JoinHarness.restore(backend, state, 1, 1, 0)) {
            harness.request("m", "r2", 1020);
            harness.outcome("m", "r", 1, 1050);
            harness.watermark(1100);
            assertThat(harness.samples())
                    .containsExactlyInAnyOrder("OPEN r2 0.0", "CHANGED r 1.0 from 0.0", "CLOSED r 1.0");
            assertThat(harness.unjoined(UnjoinedHeaders.REASON)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void keeps_the_inputs_of_a_model_until_its_specification_arrives(Backend backend) throws Exception {
        try (JoinHarness harness = JoinHarness.start(backend, SPEC)) {
            harness.read(1);
            harness.request("new", "r", 1000);
            harness.outcome("new", "r", 1, 1010);
            harness.rejected("new");
            harness.change(SpecChange.deleted("new"));
            harness.change(SpecChange.applied(named("new")));
            harness.watermark(1020);
            assertThat(harness.samples()).containsExactly("OPEN r 1.0");
            harness.snapshot();
            assertThat(harness.count(JoinCount.REQUESTS)).isOne();
            assertThat(harness.count(JoinCount.REJECTED)).isOne();
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void drops_the_inputs_of_a_deleted_model_at_the_next_barrier(Backend backend) throws Exception {
        try (JoinHarness harness = JoinHarness.start(backend, SPEC)) {
            harness.change(SpecChange.deleted("m"));
            harness.request("m", "r", 1000);
            harness.snapshot();
            harness.change(SpecChange.applied(SPEC));
            harness.watermark(1200);
            assertThat(harness.samples()).isEmpty();
            assertThat(harness.deadLetters(DeadLetterHeaders.MESSAGE)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void uses_a_changed_join_for_the_ids_that_it_holds(Backend backend) throws Exception {
        try (JoinHarness harness = JoinHarness.start(backend, SPEC)) {
            harness.request("m", "r", 1000);
            harness.watermark(1010);
            harness.change(SpecChange.applied(joined("{within: 100ms, after: 5ms, grace: 50ms}")));
            harness.outcome("m", "r", 0, 1006);
            assertThat(harness.samples()).containsExactly("OPEN r 0.0");
            harness.change(SpecChange.applied(joined("{within: 50ms, after: 5ms, grace: 0}")));
            harness.watermark(1050);
            assertThat(harness.samples()).isEmpty();
            // An id follows when something was due before.
            harness.watermark(1100);
            assertThat(harness.samples()).containsExactly("CLOSED r 0.0");
            assertThat(harness.ids()).isZero();
            assertThat(harness.scores().stream().filter(JoinApplied.class::isInstance))
                    .hasSize(3);
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void forgets_a_deleted_model_and_no_other(Backend backend) throws Exception {
        ModelSpec other = named("m2");
        try (JoinHarness harness = JoinHarness.start(backend, SPEC, other)) {
            harness.request("m", "r", 1000);
            harness.request("m2", "r", 1000);
            harness.change(SpecChange.deleted("m"));
            assertThat(harness.scores()).endsWith(new JoinRemoved("m"));
            harness.watermark(1020);
            assertThat(harness.samples()).containsExactly("OPEN r 0.0");
            assertThat(harness.ids()).isOne();
            assertThat(harness.timers()).isOne();
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void ids_of_a_deleted_model_are_none_of_one_that_is_applied_with_its_name(Backend backend) throws Exception {
        try (JoinHarness harness = JoinHarness.start(backend, SPEC)) {
            harness.request("m", "before", 1000);
            harness.request("m", "again", 1000);
            harness.snapshot();
            long open = harness.count(JoinCount.OPEN);
            harness.change(SpecChange.deleted("m"));
            harness.change(SpecChange.applied(SPEC));
            harness.read(1);
            harness.request("m", "again", 1001);
            harness.watermark(1021);
            assertThat(harness.samples()).containsExactly("OPEN again 0.0");
            assertThat(harness.ids()).isOne();
            harness.snapshot();
            assertThat(harness.count(JoinCount.OPEN)).isEqualTo(open + 1);
            assertThat(harness.count(JoinCount.FORGOTTEN)).isZero();
        }
    }

    /** Number 1 is spam, and then ham. */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void no_number_of_a_class_gets_the_name_of_another_after_labels_change(Backend backend) throws Exception {
        OperatorSubtaskState state;
        try (JoinHarness harness = JoinHarness.start(backend, mail("ham, spam"))) {
            harness.request("m", "open", 1000);
            harness.outcome("m", "open", 1, 1010);
            harness.request("m", "sampled", 900);
            harness.outcome("m", "sampled", 1, 910);
            harness.outcome("m", "waiting", 1, 1010);
            harness.watermark(1000);
            assertThat(harness.samples()).containsExactly("OPEN sampled spam", "CLOSED sampled spam");
            harness.change(SpecChange.applied(mail("eggs, ham, spam")));
            // Of a decoder that has not received the change, and of one that has.
            harness.outcome("m", "late", 1, 1020);
            harness.read(0);
            harness.request("m", "new", 1015);
            harness.outcome("m", "new", 2, 1020);
            assertThat(harness.deadLetters(DeadLetterHeaders.MESSAGE))
                    .containsExactly(
                            "outcome late: model: m, whose labels, loss, or fields changed while the record was"
                                    + " read (expected: a record that is read after the change)");
            state = harness.snapshot();
        }
        try (JoinHarness harness = JoinHarness.restore(backend, state, 1, 1, 0)) {
            harness.watermark(1200);
            assertThat(harness.samples()).containsExactly("OPEN new spam", "CLOSED new spam");
            assertThat(harness.unjoined(UnjoinedHeaders.REASON)).containsExactly("outcome waiting: orphan");
            harness.snapshot();
            assertThat(harness.count(JoinCount.FORGOTTEN)).isOne();
            assertThat(harness.count(JoinCount.OPEN)).isEqualTo(-2);
            assertThat(harness.count(JoinCount.WAITING)).isEqualTo(-1);
            assertThat(harness.ids()).isZero();
            assertThat(harness.timers()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void an_input_that_is_ahead_of_its_change_waits_for_it(Backend backend) throws Exception {
        try (JoinHarness harness = JoinHarness.start(backend, mail("ham, spam"))) {
            harness.read(0);
            harness.request("m", "r", 1000);
            harness.outcome("m", "r", 2, 1010);
            harness.change(SpecChange.applied(mail("eggs, ham, spam")));
            harness.watermark(1020);
            assertThat(harness.samples()).containsExactly("OPEN r spam");
        }
    }

    private static ModelSpec mail(String labels) {
        return ModelSpec.parse("""
            {name: m, label: y, labels: [%s], features: {numeric: [a]}, loss: sparse-categorical-cross-entropy,
             reset: true, join: {within: 100ms, after: 20ms, grace: 50ms}}
            """.formatted(labels));
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void writes_the_names_of_classes_and_the_key_of_the_model(Backend backend) throws Exception {
        ModelSpec spec = ModelSpec.parse("""
            {name: m, label: y, labels: [no, yes, maybe], key: origin, features: {numeric: [a]},
             loss: sparse-categorical-cross-entropy,
             join: {within: 100ms, after: 20ms, grace: 50ms}}
            """);
        try (JoinHarness harness = JoinHarness.start(backend, spec)) {
            harness.outcome("m", "r", 2, 1010);
            harness.request("m", "r", 1000);
            harness.outcome("m", "r", 1, 1030);
            harness.watermark(1100);
            assertThat(harness.samples()).containsExactly("OPEN r maybe", "CHANGED r yes from maybe", "CLOSED r yes");
            harness.request("m", "r2", 2000);
            harness.outcome("m", "r2", 1, 2030);
            harness.watermark(2100);
            assertThat(harness.keys()).containsExactly("SEA", "SEA");
        }
    }

    private static ModelSpec named(String name) {
        return ModelSpec.parse(SPEC.toYaml().replaceFirst("name: m", "name: " + name));
    }

    private static ModelSpec joined(String join) {
        return ModelSpec.parse("""
            {name: m, label: y, features: {numeric: [a], categorical: [origin]}, loss: binary-cross-entropy,
             join: %s}
            """.formatted(join));
    }
}

package io.freshet.job.join.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.StoredText;
import io.freshet.job.join.JoinInput;
import io.freshet.job.join.JoinTopics;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.RecordHeaders;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.specs.SpecRegistry;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.sample.RecordFields;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.sample.SchemaRegistry;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.CoProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** Would catch rejected records that no report of a join counts: the states of the models do not count them either. */
class JoinDecodeHarnessTest {
    private static final String MODEL = "{name: %s, label: y, features: {numeric: [x]}, loss: mean-squared-error%s}";

    private static final AtomicInteger FAULTS = new AtomicInteger();

    @Test
    void a_rejected_record_counts_for_its_model_and_a_malformed_one_for_all_joined_models() throws Exception {
        SpecRegistry specs = new SpecRegistry(List.of(
                ModelSpec.parse(MODEL.formatted("a", ", join: {within: 1h, after: 0}")),
                ModelSpec.parse(MODEL.formatted("b", ", join: {within: 1h, after: 0}")),
                ModelSpec.parse(MODEL.formatted("c", ""))));
        try (TwoInputStreamOperatorTestHarness<JoinRecord, JoinInput, JoinInput> harness = harness(specs)) {
            harness.open();

            harness.processElement1(outcome("{\"id\":\"r\",\"model\":\"b\",\"value\":\"text\"}"));
            assertThat(harness.extractOutputValues()).containsExactly(new JoinInput.Rejected("b/"));
            harness.getOutput().clear();

            harness.processElement1(outcome("{\"value\":1}"));
            assertThat(harness.extractOutputValues())
                    .containsExactly(new JoinInput.Rejected("a/"), new JoinInput.Rejected("b/"));
            assertThat(harness.getSideOutput(OutputRecord.DEAD_LETTERS)).hasSize(2);
        }
    }

    /** As after an upgrade that is rolled back. */
    @Test
    void an_outcome_of_a_model_that_this_version_refuses_is_a_dead_letter_and_counts_for_no_join() throws Exception {
        SpecRegistry specs = new SpecRegistry(List.of(
                ModelSpec.parse(MODEL.formatted("a", ", join: {within: 1h}")),
                ModelSpec.parse(MODEL.formatted("c", ""))));
        OperatorSubtaskState state;
        try (TwoInputStreamOperatorTestHarness<JoinRecord, JoinInput, JoinInput> harness = harness(specs)) {
            harness.open();
            state = StoredText.replaced(harness.snapshot(1, 1), "mean-squared-error", "mean-squared-errox");
        }
        try (TwoInputStreamOperatorTestHarness<JoinRecord, JoinInput, JoinInput> harness = harness(specs)) {
            harness.initializeState(state);
            harness.open();
            harness.processElement1(outcome("{\"id\":\"r\",\"value\":1}"));
            assertThat(harness.extractOutputValues()).isEmpty();
            assertThat(harness.getSideOutput(OutputRecord.DEAD_LETTERS)).hasSize(1);
        }
    }

    @Test
    void a_fault_while_one_model_reads_a_request_rejects_it_for_that_model_only() throws Exception {
        SpecRegistry specs = new SpecRegistry(List.of(
                ModelSpec.parse(MODEL.formatted("a", ", join: {within: 1h}")),
                ModelSpec.parse(MODEL.formatted("b", ", join: {within: 1h}"))));
        // Fails the first decoder that asks, which is that of the first model.
        FAULTS.set(1);
        SchemaRegistry registry = id -> {
            if (FAULTS.getAndDecrement() > 0) {
                throw new IllegalStateException("a fault");
            }
            return List.of(
                    "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"x\",\"type\":\"int\"},{\"name\":\"rid\",\"type\":\"string\"}]}");
        };
        RequestFormat format =
                new RequestFormat.Features(new RecordFormat.Confluent(RecordFields.of("rid", null, null), registry));
        try (TwoInputStreamOperatorTestHarness<JoinRecord, JoinInput, JoinInput> harness = harness(specs, format)) {
            harness.open();
            byte[] request = {0, 0, 0, 0, 1, 2, 2, 'r'};
            harness.processElement1(new StreamRecord<>(
                    new JoinRecord(false, 0, new SourceRecord(0, 1, 0, null, request, RecordHeaders.NONE))));
            assertThat(harness.extractOutputValues())
                    .satisfiesExactly(
                            input -> assertThat(((JoinInput.Requested) input).modelKey())
                                    .isEqualTo("b/r"),
                            input -> assertThat(input).isEqualTo(new JoinInput.Rejected("a/")));
            assertThat(harness.getSideOutput(OutputRecord.DEAD_LETTERS)).hasSize(1);
        }
    }

    private static TwoInputStreamOperatorTestHarness<JoinRecord, JoinInput, JoinInput> harness(SpecRegistry specs)
            throws Exception {
        return harness(specs, new RequestFormat.Answers());
    }

    private static TwoInputStreamOperatorTestHarness<JoinRecord, JoinInput, JoinInput> harness(
            SpecRegistry specs, RequestFormat format) throws Exception {
        JoinDecodeFunction function =
                new JoinDecodeFunction(new JoinTopics("answers", "outcomes"), format, JoinTiming.DEFAULT, specs, true);
        TwoInputStreamOperatorTestHarness<JoinRecord, JoinInput, JoinInput> harness =
                new TwoInputStreamOperatorTestHarness<>(new CoProcessOperator<>(function));
        harness.setup(JoinInput.TYPE.createSerializer(new SerializerConfigImpl()));
        return harness;
    }

    private static StreamRecord<JoinRecord> outcome(String json) {
        return new StreamRecord<>(
                new JoinRecord(true, 0, new SourceRecord(0, 1, 0, null, json.getBytes(UTF_8), RecordHeaders.NONE)));
    }
}

package io.freshet.job.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.RecordHeaders;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.loss.Task;
import io.freshet.schemas.avro.ExportedType;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.EvaluationCodec;
import io.freshet.schemas.kafka.RecordLimit;
import java.util.Arrays;
import java.util.Objects;
import org.apache.flink.streaming.api.operators.StreamFlatMap;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** Would catch a copy that fails and restarts the job. */
class ExportFunctionTest {
    @Test
    void a_record_that_cannot_be_converted_is_sent_without_a_copy() throws Exception {
        ExportFunction function = new ExportFunction(new Export.Json(), ExportedType.EVALUATION, "metrics-json");
        OutputRecord broken = new OutputRecord("m", new byte[] {'m'}, new byte[] {1, 2, 3}, 0, RecordHeaders.NONE);
        try (OneInputStreamOperatorTestHarness<OutputRecord, OutputRecord> harness =
                new OneInputStreamOperatorTestHarness<>(new StreamFlatMap<>(function))) {
            harness.open();
            harness.processElement(new StreamRecord<>(broken));

            assertThat(harness.extractOutputValues()).singleElement().satisfies(sent -> {
                assertThat(sent.export()).isFalse();
                assertThat(sent.value()).containsExactly(1, 2, 3);
            });
        }
    }

    /** A broker would refuse it, and the job would fail at it again after every restart. */
    @Test
    void a_record_whose_copy_is_too_large_is_sent_without_a_copy() throws Exception {
        double[] digits = new double[70_000];
        Arrays.fill(digits, Math.PI);
        assertSentWithoutCopy(OutputRecord.of("m/", new EvaluationCodec().write(evaluation(digits)), 0));
    }

    /** A broker counts the headers, too. */
    @Test
    void a_copy_that_is_too_large_with_its_headers_is_not_sent() throws Exception {
        byte[] value = new EvaluationCodec().write(evaluation(new double[0])).value();
        int json = ExportedType.EVALUATION.json(Objects.requireNonNull(value)).length;
        byte[] key = new byte[RecordLimit.BYTES - json];
        assertSentWithoutCopy(new OutputRecord("m/", key, value, 0, RecordHeaders.NONE));
    }

    private static void assertSentWithoutCopy(OutputRecord record) throws Exception {
        ExportFunction function = new ExportFunction(new Export.Json(), ExportedType.EVALUATION, "metrics-json");
        try (OneInputStreamOperatorTestHarness<OutputRecord, OutputRecord> harness =
                new OneInputStreamOperatorTestHarness<>(new StreamFlatMap<>(function))) {
            harness.open();
            harness.processElement(new StreamRecord<>(record));

            assertThat(harness.extractOutputValues()).singleElement().satisfies(sent -> {
                assertThat(sent.export()).isFalse();
                assertThat(sent.value()).isEqualTo(record.value());
            });
        }
    }

    private static Evaluation evaluation(double[] digits) {
        return new Evaluation(
                Evaluation.Subject.of("m", ""),
                new Evaluation.Counts(1, 1, 0),
                new Evaluation.Window(0, false, 0, 0, null),
                Tally.restored(
                        Task.REGRESSION,
                        Tally.of(Task.REGRESSION, 1).sums(),
                        digits,
                        new double[0],
                        Tally.of(Task.REGRESSION, 1).scores()),
                Evaluation.Learning.UNKNOWN,
                Evaluation.Progress.UNKNOWN);
    }
}

package io.freshet.job.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.RecordHeaders;
import io.freshet.schemas.export.ExportedType;
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
}

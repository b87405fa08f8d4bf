package io.freshet.job.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.job.record.RecordHeaders;
import io.freshet.job.record.SourceRecord;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.sample.RecordFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Would catch a replay of records that the job rejected, or that were for another model. */
class SampleFactoryTest {
    private static final ModelSpec KEYED = TestStream.keyed();
    private static final ModelSpec LATER =
            ModelSpec.parse(KEYED.toYaml().replace("learningRate: 0.01", "learningRate: 0.5"));

    private final SampleFactory samples = new SampleFactory(RecordFormat.avro(), List.of(KEYED, LATER));

    @Test
    void encodes_as_the_job_does_with_the_requested_specification() {
        for (long offset = 0; offset < 20; offset++) {
            SourceRecord record = TestStream.record(offset, TestStream.value(offset));
            assertThat(samples.encode(record, 0))
                    .usingRecursiveComparison()
                    .isEqualTo(TestStream.sample(KEYED, offset));
            assertThat(samples.encode(record, 1))
                    .usingRecursiveComparison()
                    .isEqualTo(TestStream.sample(LATER, offset));
        }
    }

    @Test
    void skips_invalid_records_and_those_for_other_models() {
        assertThat(samples.encode(TestStream.record(1, new byte[] {1, 2}), 0)).isNull();
        assertThat(samples.encode(TestStream.record(1, TestStream.value(1, Map.of("t", Double.NaN))), 0))
                .isNull();
        assertThat(samples.encode(new SourceRecord(0, 1, 1, null, null, RecordHeaders.NONE), 0))
                .isNull();
        assertThat(samples.encode(TestStream.record(1, TestStream.valueOfKey(1, "k".repeat(1025))), 0))
                .isNull();
        assertThat(samples.encode(TestStream.record(1, TestStream.value(1, "whole")), 0))
                .isNull();
        assertThat(samples.encode(TestStream.record(1, TestStream.value(1, "keyed")), 0))
                .isNotNull();
        assertThat(samples.encode(addressed("whole"), 0)).isNull();
        assertThat(samples.encode(addressed("keyed"), 0)).isNotNull();
        assertThat(samples.encode(addressed(null), 0)).isNotNull();
    }

    @Test
    void skips_records_of_other_models_unless_they_name_the_model() {
        ModelSpec as =
                ModelSpec.parse(KEYED.toYaml().replaceFirst("name: .*", "name: as") + "when: {field: c, equals: c1}\n");
        SampleFactory both = new SampleFactory(RecordFormat.avro(), List.of(KEYED, as));
        int taken = 0;
        for (long offset = 0; offset < 50; offset++) {
            byte[] value = TestStream.value(offset);
            boolean selected = samples.encode(TestStream.record(offset, value), 0)
                    .modelKey()
                    .endsWith("/c1");
            assertThat(both.encode(TestStream.record(offset, value), 1) != null).isEqualTo(selected);
            assertThat(both.encode(TestStream.record(offset, value))).hasSize(selected ? 2 : 1);
            assertThat(both.skipped()).isEqualTo(selected ? 0 : 1);
            assertThat(both.encode(addressed("as"))).hasSize(1);
            assertThat(both.skipped()).isEqualTo(1);
            taken += selected ? 1 : 0;
        }
        assertThat(taken).isBetween(1, 49);
    }

    private static SourceRecord addressed(@Nullable String model) {
        byte[] name = model == null ? null : model.getBytes(UTF_8);
        return new SourceRecord(
                0, 1, 1, null, TestStream.value(1), new RecordHeaders(new String[] {"freshet.model"}, new byte[][] {name
                }));
    }
}

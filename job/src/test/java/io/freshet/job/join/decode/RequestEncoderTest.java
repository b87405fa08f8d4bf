package io.freshet.job.join.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.job.record.RecordHeaders;
import io.freshet.job.record.SourceRecord;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.spec.ModelSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch a request that the trainer rejects when it has a label, once for each sample of it. */
class RequestEncoderTest {
    private static final SourceRecord RECORD = new SourceRecord(0, 0, 0, null, new byte[0], RecordHeaders.NONE);

    /** As of a topic that another join wrote. The trainer takes a previous label of a correction only. */
    @Test
    void a_request_has_no_previous_label() throws Exception {
        RequestEncoder encoder = new RequestEncoder(ModelSpec.parse("""
                {name: m, label: y, features: {numeric: [a]}, loss: binary-cross-entropy, join: {within: 1h, after: 0}}
                """), 0);
        encoder.row().id("r");
        encoder.row().number(encoder.layout().number("a"), 1);
        encoder.row().previous(1);
        encoder.encode(0, null, RECORD);
        assertThat(encoder.row().hasPreviousNumber()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"weight, w", "samplingRate, r"})
    void a_request_without_a_field_of_learning_is_refused(String kind, String field) throws Exception {
        RequestEncoder encoder = new RequestEncoder(ModelSpec.parse("""
                {name: m, label: y, %s: %s, features: {numeric: [a]}, loss: binary-cross-entropy, join: {within: 1h, after: 0}}
                """.formatted(kind, field)), 0);
        encoder.row().number(encoder.layout().number("a"), 1);
        encoder.identify("id", null, null);
        assertThatThrownBy(() -> encoder.encode(0, null, RECORD))
                .isInstanceOf(InvalidSampleException.class)
                .hasMessageStartingWith(field + ": missing");
        encoder.row().number(encoder.layout().number(field), 0.5);
        encoder.encode(0, null, RECORD);
    }
}

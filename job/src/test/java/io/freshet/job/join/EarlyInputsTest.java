package io.freshet.job.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.record.RecordHeaders;
import io.freshet.job.record.SourceRecord;
import io.freshet.learning.join.JoinRequest;
import org.junit.jupiter.api.Test;

/** Would catch inputs of unknown models that fill the memory, and room that is not free again. */
class EarlyInputsTest {
    private static final int LENGTH = EarlyInputs.MAXIMUM_BYTES / 8;
    private static final byte[] BYTES = new byte[LENGTH];

    private final EarlyInputs inputs = new EarlyInputs();

    @Test
    void has_room_for_a_number_of_bytes() {
        fill();
        assertThat(inputs.take("m")).hasSize(7);
        fill();
        inputs.clear();
        assertThat(inputs.take("m")).isEmpty();
        fill();
    }

    private void fill() {
        for (int i = 0; i < 7; i++) {
            assertThat(inputs.add("m", request())).isTrue();
        }
        assertThat(inputs.add("other", request())).isFalse();
        assertThat(inputs.take("other")).isEmpty();
    }

    private static JoinInput.Requested request() {
        SourceRecord record = new SourceRecord(0, 0, 0, null, null, RecordHeaders.NONE);
        return new JoinInput.Requested("m/r", new JoinRequest(0, false, BYTES), 0, record);
    }
}

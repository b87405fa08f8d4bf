package io.freshet.job.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.job.join.score.AnsweredPrediction;
import io.freshet.job.record.RecordHeaders;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.record.SpecChange;
import io.freshet.learning.join.JoinOutcome;
import io.freshet.learning.join.JoinRequest;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A field that is not written would be lost only between tasks, or after a restart. */
class JoinInputTest {
    private static final SourceRecord RECORD = new SourceRecord(
            3, 1L << 40, 17, new byte[] {1}, new byte[] {2, 3}, new RecordHeaders(new String[] {"h"}, new byte[][] {{4}
            }));

    static Stream<JoinInput> inputs() {
        return Stream.of(
                new JoinInput.Requested("m/r", new JoinRequest(5, true, new byte[] {9}), 1L << 41, RECORD),
                new JoinInput.Observed("m/r", new JoinOutcome(6, 3, 1L << 40, -1.5, "o", true, null), 1L << 41, RECORD),
                new JoinInput.Observed(
                        "m/r", new JoinOutcome(6, 3, 1L << 40, Double.NaN, null, false, null), -1, RECORD),
                new JoinInput.Rejected("m/"),
                new JoinInput.Changed(8, SpecChange.deleted("m")));
    }

    @ParameterizedTest
    @MethodSource("inputs")
    void reads_what_it_wrote(JoinInput input) throws IOException {
        TypeSerializer<JoinInput> serializer = JoinInput.TYPE.createSerializer(new SerializerConfigImpl());
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(input, out);
        JoinInput read = serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
        assertThat(read)
                .usingRecursiveComparison()
                .withEqualsForType(Double::equals, Double.class)
                .isEqualTo(input);
    }

    @Test
    void reads_the_content_of_a_request() throws IOException {
        RequestContent content = new RequestContent(
                new byte[] {1, 2, 3},
                new AnsweredPrediction(new float[] {0.25f}, 420, "stable"),
                Arrays.asList("SEA", null),
                List.of("origin", "seat").hashCode());
        byte[] bytes = content.write();
        assertThat(RequestContent.read(bytes)).usingRecursiveComparison().isEqualTo(content);
        assertThat(RequestContent.sample(bytes)).containsExactly(1, 2, 3);
        for (int length = 0; length < bytes.length; length++) {
            byte[] part = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> RequestContent.read(part)).isInstanceOf(IOException.class);
        }
    }
}

package io.freshet.job.join.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.schemas.loop.JoinCount;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Would catch a field of an input that does not cross the edge. */
class ScoreInputTest {
    private static final List<ScoreInput> ALL = List.of(
            JoinApplied.of(ClosedRequests.binary("ctr")),
            new JoinRemoved("ctr"),
            ClosedRequests.delta("ctr", JoinCount.REJECTED, -5),
            new ClosedRequest("ctr", null, ClosedRequest.NO_OUTCOME, null, 1 << 30, List.of()),
            new ClosedRequest(
                    "ctr",
                    2.0,
                    70,
                    new AnsweredPrediction(new float[] {0.25f, 0.75f}, 12, "canary"),
                    -3,
                    Arrays.asList("SEA", null)),
            new ClosedRequest(
                    "ctr",
                    0.5,
                    0,
                    new AnsweredPrediction(new float[0], AnsweredPrediction.UNKNOWN_AGE, null),
                    0,
                    List.of("\u20ac")));

    @ParameterizedTest
    @FieldSource("ALL")
    void an_input_reads_back_equal(ScoreInput input) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        TypeSerializer<ScoreInput> serializer = ScoreInput.TYPE.createSerializer(new SerializerConfigImpl());
        serializer.serialize(input, out);
        DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
        assertThat(serializer.deserialize(in)).isEqualTo(input);
        assertThat(in.available()).isZero();
    }

    @Test
    void an_unknown_kind_is_refused() {
        DataInputDeserializer in = new DataInputDeserializer(new byte[] {9, 2, 'm'});
        assertThatThrownBy(() -> ScoreInput.TYPE
                        .createSerializer(new SerializerConfigImpl())
                        .deserialize(in))
                .isInstanceOf(IOException.class)
                .hasMessage("input of scores: kind 9 (expected: 0 to 3)");
    }
}

package io.freshet.server.predict;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.server.request.InferRequestReader;
import io.freshet.server.store.ServedSpec;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

/** Catches a row of a request that becomes another sample. */
class SampleEncoderTest {
    @Test
    void a_padded_sequence_and_its_labels_end_at_its_steps() throws Exception {
        ServedSpec served = served("{name: m, label: y, loss: sequence-cross-entropy, outputs: 2,"
                + " model: {type: sequence, steps: 3, hidden: 4}, features: {dense: [{field: x, length: 2}]}}");
        SampleEncoder encoder = encoder(served, """
                {"inputs": [{"name": "x", "datatype": "FP32", "shape": [2, 3, 2], "data": [1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0]},
                 {"name": "y", "datatype": "INT64", "shape": [2, 3], "data": [0, 1, 1, 1, 0, 0]},
                 {"name": "steps", "datatype": "INT64", "shape": [2], "data": [3, 1]}]}""");

        Sample first = decode(served, encoder.encode(0));
        Sample second = decode(served, encoder.encode(1));

        assertThat(first.dense()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(first.label()).containsExactly(0, 1, 1);
        assertThat(second.dense()).containsExactly(7, 8);
        assertThat(second.label()).containsExactly(1);
    }

    @Test
    void a_record_has_the_key_of_its_row_and_a_row_without_one_is_rejected() throws Exception {
        ServedSpec served = served(
                "{name: m, key: k, label: y, loss: mean-squared-error, features: {numeric: [a], categorical: [k]}}");
        SampleEncoder encoder = encoder(served, """
                {"inputs": [{"name": "a", "datatype": "FP64", "shape": [2], "data": [1, 2]},
                 {"name": "k", "datatype": "BYTES", "shape": [2], "data": ["ü", null]},
                 {"name": "y", "datatype": "FP64", "shape": [2], "data": [3, 4]}]}""");

        assertThat(new String(encoder.encode(0).key(), UTF_8)).isEqualTo("ü");
        assertThatThrownBy(() -> encoder.encode(1)).hasMessage("k: missing (expected: a text, the key)");
    }

    private static ServedSpec served(String yaml) {
        ModelSpec spec = ModelSpec.parse(yaml);
        return ServedSpec.of(spec, spec.hash());
    }

    private static SampleEncoder encoder(ServedSpec served, String request) throws Exception {
        Buffer body = Buffer.buffer(request);
        return new SampleEncoder(
                served, new InferRequestReader(10).read(body, body.length()).inputs());
    }

    private static Sample decode(ServedSpec served, SampleEncoder.Encoded record) throws Exception {
        Row row = new Row(served.layout());
        RecordFormat.avro().decoder(served.layout()).decode(record.value(), 1, row);
        return new FeatureEncoder(served.spec(), served.layout()).encode(row, 0, 0);
    }
}

package io.freshet.job.join.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.join.JoinInput;
import io.freshet.job.record.RecordHeaders;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.specs.RefusedSpec;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.sample.RecordFields;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.sample.SampleReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.types.StringValue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a request that loses what an answer says beside its fields, and a limit that headers of a tracer use up. */
class JoinDecodersTest {
    private static final long NOW = 1_790_000_000_000L;

    private final List<JoinInput> decoded = new ArrayList<>();
    private final List<String> rejected = new ArrayList<>();

    @Test
    void the_key_of_an_answer_is_the_slice_of_its_field() throws Exception {
        answer(
                "{name: m, label: y, key: store, features: {numeric: [age]}, loss: mean-squared-error,"
                        + " join: {within: 1h, after: 0, slices: [store, age]}}",
                "{\"age\":31}",
                "s\u00e9");
        assertThat(rejected).isEmpty();
        assertThat(content()).endsWith(slices("s\u00e9", "31"));
    }

    /** Would catch the value of one field that is learned as that of another. */
    @ParameterizedTest
    @ValueSource(
            strings = {"key: campaign, features: {categorical: [user]}", "features: {categorical: [user, campaign]}"})
    void the_key_of_an_answer_stays_in_its_field_after_a_change_of_the_key(String fields) throws Exception {
        answer(
                "{name: m, label: y, " + fields
                        + ", loss: mean-squared-error, join: {within: 1h, after: 0, slices: [user, campaign]}}",
                "{\"campaign\":\"c7\"},\"key_field\":\"user\"",
                "u123");
        assertThat(rejected).isEmpty();
        assertThat(new SampleReader().read(sample()).texts())
                .containsEntry("user", "u123")
                .containsEntry("campaign", "c7");
        assertThat(content()).endsWith(slices("u123", "c7"));
    }

    /** Would catch a probability of one class that is scored as that of another. */
    @Test
    void an_answer_is_scored_if_outcomes_mean_the_same_to_the_specification_that_answered() {
        String yaml = "{name: m, label: y, labels: %s, features: {numeric: [age]}, loss: binary-cross-entropy,"
                + " join: {within: 1h, after: 0}}";
        String hash = ModelSpec.parse(yaml.formatted("[no, yes]")).outcomeHash();
        for (String labels : List.of("[no, yes]", "[yes, no]")) {
            answer(yaml.formatted(labels), "{\"age\":31},\"outcome_hash\":\"" + hash + "\"", null);
        }
        assertThat(rejected).isEmpty();
        assertThat(decoded).extracting(JoinDecodersTest::isScored).containsExactly(true, false);
    }

    /** Its number is 7, its text that of the key. */
    @Test
    void a_key_that_is_also_a_number_has_both() throws Exception {
        answer(
                "{name: m, label: y, key: store, features: {numeric: [store, age]}, loss: mean-squared-error,"
                        + " join: {within: 1h, after: 0, slices: [store]}}",
                "{\"store\":7,\"age\":31}",
                "7.0");
        assertThat(rejected).isEmpty();
        assertThat(content()).endsWith(slices("7.0"));
        SampleReader.Fields fields = new SampleReader().read(sample());
        assertThat(fields.numbers()).containsEntry("store", 7.0);
        assertThat(fields.texts()).containsEntry("store", "7.0");
    }

    @ParameterizedTest
    @CsvSource({"true, true", "1, true", "1.0, true", "'\"true\"', true", "'\"1\"', true", "0, false", "null, false"})
    void a_request_is_exposed_by_the_rule_of_outcomes(String json, boolean expected) {
        answer(
                "{name: m, label: y, features: {numeric: [age]}, loss: binary-cross-entropy,"
                        + " join: {within: 1h, after: 0, exposure: shown}}",
                "{\"age\":31,\"shown\":" + json + "}",
                null);
        assertThat(rejected).isEmpty();
        assertThat(((JoinInput.Requested) decoded.get(0)).request().exposed()).isEqualTo(expected);
    }

    @Test
    void no_time_far_ahead_of_the_clock_moves_the_watermark() {
        JoinTiming timing = JoinTiming.DEFAULT;
        assertThat(timing.orNone(60_000, 0)).isEqualTo(60_000);
        assertThat(timing.orNone(60_001, 0)).isEqualTo(JoinRecord.NO_TIME);
    }

    @Test
    void an_outcome_of_the_largest_size_may_have_headers() {
        String start = "{\"id\":\"r\",\"value\":1,\"note\":\"";
        byte[] largest = (start + "x".repeat((1 << 13) - start.length() - 2) + "\"}").getBytes(UTF_8);
        outcome(largest, 1_000);
        assertThat(rejected).isEmpty();
        assertThat(decoded).hasSize(1);

        outcome((new String(largest, UTF_8) + " ").getBytes(UTF_8), 0);
        outcome("{\"id\":\"r\"}".getBytes(UTF_8), 1 << 13);
        assertThat(rejected).hasSize(2);
        assertThat(rejected.get(0)).isEqualTo("outcome: 8193 bytes (expected: up to 8192)");
        assertThat(rejected.get(1)).startsWith("headers: 8").endsWith(" bytes (expected: up to 8192)");
    }

    /** Otherwise, requests whose outcomes were skipped would count as negative. */
    @Test
    void records_of_a_refused_model_are_rejected_with_the_reason_and_those_of_others_skipped() {
        JoinedModels models =
                new JoinedModels(List.of(), List.of(new RefusedSpec("m", "hash", "loss: unknown")), Map.of());
        AnswerDecoder answers = new AnswerDecoder(models, JoinTiming.DEFAULT, () -> NOW, this::reject);
        String answer =
                "{\"id\":\"r1\",\"time\":" + NOW + ",\"model\":\"%s\",\"outputs\":{},\"shadow\":%s,\"fields\":{}}";
        for (String json :
                List.of(answer.formatted("m", false), answer.formatted("m", true), answer.formatted("other", false))) {
            answers.decode(record(json.getBytes(UTF_8), 0), decoded::add);
        }
        assertThat(rejected).containsExactly("loss: unknown");

        rejected.clear();
        OutcomeDecoder outcomes = new OutcomeDecoder(models, JoinTiming.DEFAULT, () -> NOW, this::reject);
        for (String model : List.of("\"m\"", "null", "\"other\"")) {
            String json = "{\"id\":\"r1\",\"model\":" + model + ",\"value\":1}";
            outcomes.decode(record(json.getBytes(UTF_8), 0), decoded::add);
        }
        assertThat(rejected).containsExactly("loss: unknown", "loss: unknown");

        rejected.clear();
        FeatureDecoder features = new FeatureDecoder(
                new RecordFormat.Json(RecordFields.of(null, null, "model")),
                models,
                new FeatureDecoder.Checks(JoinTiming.DEFAULT, () -> NOW, this::reject));
        for (String json : List.of("{\"model\":\"m\",\"age\":1}", "{\"age\":1}", "{\"model\":\"other\"}")) {
            features.decode(record(json.getBytes(UTF_8), 0), decoded::add);
        }
        assertThat(rejected).containsExactly("loss: unknown", "loss: unknown");
        assertThat(decoded).isEmpty();
    }

    private void answer(String yaml, String fields, @Nullable String key) {
        String json = "{\"id\":\"r1\",\"time\":" + NOW + ",\"model\":\"m\",\"key\":"
                + (key == null ? null : "\"" + key + "\"") + ",\"outputs\":{\"prediction\":0.5},\"fields\":" + fields
                + "}";
        new AnswerDecoder(
                        new JoinedModels(List.of(ModelSpec.parse(yaml)), List.of(), Map.of("m", 7L)),
                        JoinTiming.DEFAULT,
                        () -> NOW,
                        this::reject)
                .decode(record(json.getBytes(UTF_8), 0), decoded::add);
    }

    private void outcome(byte[] value, int headerBytes) {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: {numeric: [age]},"
                + " loss: binary-cross-entropy, join: {within: 1h, after: 0}}");
        new OutcomeDecoder(
                        new JoinedModels(List.of(spec), List.of(), Map.of()),
                        JoinTiming.DEFAULT,
                        () -> NOW,
                        this::reject)
                .decode(record(value, headerBytes), decoded::add);
    }

    private void reject(String model, String message) {
        rejected.add(message);
    }

    private static SourceRecord record(byte[] value, int headerBytes) {
        RecordHeaders headers =
                headerBytes == 0 ? RecordHeaders.NONE : RecordHeaders.of(Map.of("traceparent", new byte[headerBytes]));
        return new SourceRecord(0, 1, NOW, null, value, headers);
    }

    private byte[] content() {
        return content(decoded.get(0));
    }

    private static byte[] content(JoinInput input) {
        return ((JoinInput.Requested) input).request().content();
    }

    /** Returns the sample in the content: after a version byte and its length. */
    private byte[] sample() {
        byte[] content = content();
        int from = 1 + Integer.BYTES;
        return Arrays.copyOfRange(content, from, sampleTo(content));
    }

    private static int sampleTo(byte[] content) {
        return 1 + Integer.BYTES + ByteBuffer.wrap(content, 1, Integer.BYTES).getInt();
    }

    /** Returns the flag after the sample. */
    private static boolean isScored(JoinInput input) {
        byte[] content = content(input);
        return content[sampleTo(content)] != 0;
    }

    /** Returns how a content ends. */
    private static byte[] slices(String... values) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        out.writeByte(values.length);
        for (String value : values) {
            StringValue.writeString(value, out);
        }
        return out.getCopyOfBuffer();
    }
}

package io.freshet.schemas.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.schemas.avro.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch an outcome that is read as another one, and a hostile one that is accepted or allocates what it claims. */
class OutcomeJsonTest {
    @Test
    void reads_every_field() throws MalformedRecordException {
        assertThat(read("{\"model\":\"ctr\",\"id\":\"r1/0\",\"outcome_id\":\"o7\",\"value\":1,\"time\":1700000000000}"))
                .isEqualTo(new OutcomeRecord(
                        "ctr", "r1/0", "o7", new OutcomeValue.Number(1), 1_700_000_000_000L, Set.of()));
    }

    @Test
    void needs_only_an_id() throws MalformedRecordException {
        OutcomeRecord bare = new OutcomeRecord(null, "r1", null, null, null, Set.of());
        assertThat(read("{\"id\":\"r1\"}")).isEqualTo(bare);
        assertThat(read("{\"id\":\"r1\",\"model\":null,\"outcome_id\":null,\"value\":null,\"time\":null}"))
                .isEqualTo(bare);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"true|1", "false|0", "-3.25|-3.25", "1e3|1000", "\"bird\"|bird", "\"1\"|1", "1.0|1"})
    void reads_numbers_booleans_and_names(String json, String text) throws MalformedRecordException {
        OutcomeValue value = read("{\"id\":\"r\",\"value\":" + json + "}").value();
        assertThat(value).isNotNull();
        assertThat(value.text()).isEqualTo(text);
        assertThat(value instanceof OutcomeValue.Name).isEqualTo(json.startsWith("\""));
    }

    @ParameterizedTest
    @CsvSource({
        "1700000000000, 1700000000000",
        "1.7e12, 1700000000000",
        "\"1700000000000\", 1700000000000",
        "\"2023-11-14T22:13:20Z\", 1700000000000",
        "\"2023-11-14T23:13:20+01:00\", 1700000000000"
    })
    void reads_times_as_milliseconds_and_with_an_offset(String json, long millis) throws MalformedRecordException {
        assertThat(read("{\"id\":\"r\",\"time\":" + json + "}").time()).isEqualTo(millis);
    }

    @Test
    void other_fields_that_are_true_are_exposures() throws MalformedRecordException {
        OutcomeRecord outcome = read("{\"id\":\"r\",\"shown\":true,\"seen\":\"true\",\"viewed\":1,\"hidden\":false,"
                + "\"late\":\"yes\",\"count\":2,\"nested\":{\"id\":true},\"list\":[1]}");
        assertThat(outcome.exposures()).containsExactlyInAnyOrder("shown", "seen", "viewed");
        assertThat(outcome.isExposed("shown")).isTrue();
        assertThat(outcome.isExposed("hidden")).isFalse();
        assertThat(read("{\"id\":\"r\",\"exposure\":true}").isExposed("shown")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "true, true",
        "TRUE, true",
        "1, true",
        "1.0, true",
        "1.01, false",
        "yes, false",
        "11, false",
        "'', false"
    })
    void an_exposure_is_true_in_the_same_way_in_all_formats(String text, boolean expected)
            throws MalformedRecordException {
        assertThat(OutcomeRecord.isTrue(text)).isEqualTo(expected);
        assertThat(read("{\"id\":\"r\",\"shown\":\"" + text + "\"}").isExposed("shown"))
                .isEqualTo(expected);
    }

    @Test
    void keeps_a_bounded_number_of_exposures() throws MalformedRecordException {
        StringBuilder json = new StringBuilder("{\"id\":\"r\"");
        for (int i = 0; i < 1_000; i++) {
            json.append(",\"e").append(i).append("\":true");
        }
        assertThat(read(json.append('}').toString()).exposures()).hasSize(16);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|id: missing (expected: a text of 1 to 1024 bytes of UTF-8)",
                "{\"id\":null}|id: missing (expected: a text of 1 to 1024 bytes of UTF-8)",
                "{\"id\":7}|id: 7 (expected: a text)",
                "{\"id\":[\"r\"]}|id: an array (expected: a text)",
                "{\"id\":\"\"}|id: a text of 0 bytes (expected: 1 to 1024 bytes of UTF-8)",
                "{\"id\":\"\\ud800\"}|whole characters",
                "{\"id\":\"r\",\"value\":1e999}|value: 1e999 (expected: a finite number)",
                "{\"id\":\"r\",\"value\":[1]}|value: an array (expected: a number, true, false, or the name of a"
                        + " class)",
                "{\"id\":\"r\",\"value\":\"\"}|value: a text of 0 bytes",
                "{\"id\":\"r\",\"value\":NaN}|expected: a JSON object",
                "{\"id\":\"r\",\"time\":1.5}|time: 1.5 (expected: milliseconds since 1970",
                "{\"id\":\"r\",\"time\":-1}|time: -1 (expected: milliseconds since 1970",
                "{\"id\":\"r\",\"time\":1e300}|time: 9223372036854775807 (expected: milliseconds since 1970",
                "{\"id\":\"r\",\"time\":true}|time: true (expected: milliseconds since 1970",
                "{\"id\":\"r\",\"time\":\"2023-11-14T22:13:20\"}|time: 2023-11-14T22:13:20 (expected:",
                "{\"id\":\"r\",\"time\":\"tomorrow\"}|time: tomorrow (expected:",
                "{\"id\":\"r\",\"outcome_id\":{}}|outcome_id: an object (expected: a text)",
                "[]|no JSON object",
                "{\"id\":\"r\"}{}|more after the object",
                "{\"id\":\"r\"|expected: a JSON object"
            })
    void names_the_field_that_is_invalid(String json, String message) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "outcome_id", "model", "value"})
    void rejects_a_text_beyond_a_kilobyte_without_quoting_it(String field) {
        String json = "{\"id\":\"r\",\"" + field + "\":\"" + "é".repeat(500_000) + "\"}";
        assertThatThrownBy(() -> read(json))
                .hasMessage(field + ": a text of 1000000 bytes (expected: 1 to 1024 bytes of UTF-8)");
    }

    @Test
    void an_id_of_exactly_a_kilobyte_is_valid() throws MalformedRecordException {
        String id = "é".repeat(512);
        assertThat(read("{\"id\":\"" + id + "\"}").key()).hasSize(1_024);
        assertThatThrownBy(() -> read("{\"id\":\"" + id + "a\"}")).hasMessageContaining("1025 bytes");
    }

    @Test
    void bytes_that_are_no_outcome_are_malformed_and_nothing_else() {
        Random random = new Random(5);
        byte[] valid =
                "{\"id\":\"r1\",\"value\":1.5,\"time\":1700000000000,\"x\":[{}]}".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 20_000; i++) {
            byte[] changed = valid.clone();
            for (int change = 0; change < 1 + random.nextInt(3); change++) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(OutcomeJson.read(changed).id()).isNotEmpty();
            } catch (MalformedRecordException e) {
                assertThat(e).hasMessageContaining("(expected: ");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, -1, 0.1, 1e300, -2.5e-7, 9007199254740991d, 9007199254740993d})
    void an_outcome_that_was_written_reads_back(double number) throws MalformedRecordException {
        OutcomeRecord outcome =
                new OutcomeRecord("ctr", "r\"1é", "o", new OutcomeValue.Number(number), 5L, Set.of("shown", "seen"));
        assertThat(OutcomeJson.read(OutcomeJson.write(outcome))).isEqualTo(outcome);
    }

    @Test
    void a_record_is_never_larger_than_the_join_accepts() throws MalformedRecordException {
        OutcomeRecord wide = read("{\"id\":\"" + "é".repeat(512) + "\",\"value\":\"" + "é".repeat(512) + "\"}");
        OutcomeRecord escaped =
                read("{\"id\":\"" + "\\u0001".repeat(1_024) + "\",\"value\":\"" + "\\u0001".repeat(1_024) + "\"}");

        assertThat(OutcomeJson.record(wide)).isEqualTo(OutcomeJson.write(wide));
        assertThatThrownBy(() -> OutcomeJson.record(escaped))
                .hasMessageStartingWith("outcome: 13")
                .hasMessageEndingWith(" bytes (expected: up to 8192)");
    }

    @Test
    void fields_that_an_outcome_lacks_are_not_written() {
        OutcomeRecord bare = new OutcomeRecord(null, "r1", null, new OutcomeValue.Name("1"), null, Set.of());
        assertThat(new String(OutcomeJson.write(bare), StandardCharsets.UTF_8))
                .isEqualTo("{\"id\":\"r1\",\"value\":\"1\"}");
    }

    private static OutcomeRecord read(String json) throws MalformedRecordException {
        return OutcomeJson.read(json.getBytes(StandardCharsets.UTF_8));
    }
}

package io.freshet.server.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

/** Would catch counts that grow with the values that were rejected, and a topic that is read once for each reader. */
class RecentDeadLettersTest {
    private static final String TOPIC = FakeDeadLetterTopic.TOPIC;

    private final FakeDeadLetterTopic topic = new FakeDeadLetterTopic();
    private final AtomicLong now = new AtomicLong(1_000);
    private final InstantSource clock = () -> Instant.ofEpochMilli(now.get());
    private final RecentDeadLetters deadLetters = new RecentDeadLetters(topic::open, UnaryOperator.identity(), clock);

    @Test
    void counts_by_model_and_reason_whatever_the_value() throws Exception {
        topic.add("encode", "fares", "price: two (expected: a number)", 1);
        topic.add("encode", "fares", "price: three (expected: a number)", 3);
        topic.add("encode", "delays", "price: four (expected: a number)", 4);
        topic.add("learn", "fares", "gradient: Infinity (expected: finite)", 5);

        JsonObject rejected = deadLetters.of("fares", TOPIC);

        assertThat(rejected.encode())
                .isEqualTo("{\"name\":\"fares\",\"topic\":\"freshet.samples-dlt\",\"records\":4,\"reasons\":["
                        + "{\"stage\":\"encode\",\"reason\":\"price: three (expected: a number)\",\"count\":2,"
                        + "\"newest_at\":\"1970-01-01T00:00:00.003Z\"},"
                        + "{\"stage\":\"learn\",\"reason\":\"gradient: Infinity (expected: finite)\",\"count\":1,"
                        + "\"newest_at\":\"1970-01-01T00:00:00.005Z\"}]}");
    }

    @Test
    void a_record_that_could_not_be_decoded_counts_for_every_model() throws Exception {
        topic.add("decode", "", "value: none (expected: a sample)", 1);

        for (String model : new String[] {"fares", "delays"}) {
            assertThat(deadLetters
                            .of(model, TOPIC)
                            .getJsonArray("reasons")
                            .getJsonObject(0)
                            .getLong("count"))
                    .isEqualTo(1);
        }
    }

    @Test
    void reads_only_the_newest_records() throws Exception {
        topic.add("encode", "fares", "old: 1 (expected: 2)", 1);
        for (int i = 0; i < RecentDeadLetters.RECORDS; i++) {
            topic.add("encode", "fares", "new: " + i + " (expected: -1)", 2);
        }

        JsonObject rejected = deadLetters.of("fares", TOPIC);

        assertThat(rejected.getLong("records")).isEqualTo(RecentDeadLetters.RECORDS);
        assertThat(rejected.encode()).doesNotContain("old").contains("new: 9999");
    }

    @Test
    void reasons_without_an_end_become_other_reasons() throws Exception {
        for (int i = 0; i < 3_000; i++) {
            topic.add("decode", "", "malformed " + i, 1);
        }

        JsonObject rejected = deadLetters.of("fares", TOPIC);

        assertThat(rejected.getJsonArray("reasons")).hasSize(1_001);
        assertThat(rejected.getJsonArray("reasons").getJsonObject(0).getMap())
                .containsEntry("reason", "other reasons")
                .containsEntry("count", 2_000L);
    }

    @Test
    void reads_again_after_ten_seconds() throws Exception {
        topic.add("encode", "fares", "price: two (expected: a number)", 1);
        deadLetters.of("fares", TOPIC);
        topic.add("encode", "fares", "price: three (expected: a number)", 2);

        now.addAndGet(9_999);
        assertThat(deadLetters.of("fares", TOPIC).getLong("records")).isEqualTo(1);
        assertThat(topic.opened()).isEqualTo(1);

        now.addAndGet(1);
        assertThat(deadLetters.of("fares", TOPIC).getLong("records")).isEqualTo(2);
    }

    /** Would read a topic for each request if pages of models of two topics are open. */
    @Test
    void several_topics_are_remembered() throws Exception {
        topic.add("encode", "fares", "price: two (expected: a number)", 1);
        for (int i = 0; i < 2; i++) {
            assertThat(deadLetters.of("fares", TOPIC).getLong("records")).isEqualTo(1);
            assertThat(deadLetters.of("fares", "other-dlt").getLong("records")).isEqualTo(0);
        }

        assertThat(topic.opened()).isEqualTo(2);
    }

    @Test
    void a_topic_that_does_not_exist_has_no_dead_letters() throws Exception {
        assertThat(deadLetters.of("fares", TOPIC).getJsonArray("reasons")).isEmpty();
    }

    @Test
    void without_a_broker_the_reason_is_reported_and_not_looked_for_again_at_once() {
        AtomicLong attempts = new AtomicLong();
        RecentDeadLetters unreachable = new RecentDeadLetters(
                () -> {
                    attempts.incrementAndGet();
                    throw new KafkaException("no broker");
                },
                UnaryOperator.identity(),
                clock);

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> unreachable.of("fares", TOPIC))
                    .hasMessage("freshet.samples-dlt: no broker (expected: a broker that answers; try again)");
        }
        assertThat(attempts).hasValue(1);
    }
}

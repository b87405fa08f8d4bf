package io.freshet.cli.tail;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.schemas.avro.MalformedRecordException;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class LoopViewTest {
    private final LoopView view = new LoopView();

    @Test
    void shows_why_a_record_was_not_joined_before_its_fields() throws MalformedRecordException {
        ConsumerRecord<byte[], byte[]> record = record("{\"id\":\"r1\",\"value\":1}".getBytes(UTF_8));
        record.headers().add("freshet.reason", "late".getBytes(UTF_8)).add("other", new byte[] {1});

        assertThat(view.fields(record)).hasToString("{freshet.reason=late, id=r1, value=1}");
    }

    @Test
    void shows_the_start_of_a_request_in_another_format() throws MalformedRecordException {
        ConsumerRecord<byte[], byte[]> record = record(new byte[] {(byte) 0xC3, 1, 2});
        assertThatThrownBy(() -> view.fields(record)).hasMessage("value: not a JSON object");

        record.headers().add("freshet.reason", "orphan".getBytes(UTF_8));

        assertThat(view.fields(record)).hasToString("{freshet.reason=orphan, value=hex c3 01 02}");
    }

    /** Would catch one malformed record that ends the tool which should show it. */
    @Test
    void no_object_is_malformed() {
        for (String value : List.of("null", "7", "[]", "\"text\"", "", "{")) {
            assertThatThrownBy(() -> view.fields(record(value.getBytes(UTF_8))))
                    .as(value)
                    .isInstanceOf(MalformedRecordException.class)
                    .hasMessage("value: not a JSON object");
        }
    }

    private static ConsumerRecord<byte[], byte[]> record(byte[] value) {
        return new ConsumerRecord<>("unjoined", 0, 0, null, value);
    }
}

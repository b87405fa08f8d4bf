package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.PublishSpec.Lane;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.snapshot.SnapshotCodec;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Would catch a new model whose rejections nobody reads, since those published before have another topic. */
class DeadLetterTopicsTest {
    private static final Topics TOPICS = Topics.of("freshet");

    private final RunningServer server =
            new RunningServer(ServerOptions.of("unused:1").withAddress("127.0.0.1", 0));

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void the_configured_topic_is_that_of_all_models_unless_one_has_another() {
        assertThat(topics()).containsExactly("freshet.samples-dlt");
        publish("a", "freshet.samples");
        assertThat(topics()).containsExactly("freshet.samples-dlt");
    }

    @Test
    void the_configured_topic_is_followed_when_all_models_that_were_published_have_another() {
        publish("a", "flights");
        publish("b", "flights");
        assertThat(topics()).containsExactly("flights-dlt", "freshet.samples-dlt");
    }

    @Test
    void no_more_topics_are_followed_than_a_server_can() {
        for (int i = 0; i < 40; i++) {
            publish("m" + i, "topic" + i);
        }
        assertThat(topics()).hasSize(16).contains("freshet.samples-dlt");
    }

    private Set<String> topics() {
        return Ingest.deadLetters(TOPICS, server.store);
    }

    private void publish(String model, String topic) {
        ModelSpec spec =
                ModelSpec.parse("{name: " + model + ", label: y, loss: mean-squared-error, features: {numeric: [a]}}");
        List<KeyedBytes> records = new SnapshotCodec().write(Published.snapshot(spec, "", 1, 1), topic, 1, "0.1.0");
        server.publish(Lane.EAGER, records);
    }
}

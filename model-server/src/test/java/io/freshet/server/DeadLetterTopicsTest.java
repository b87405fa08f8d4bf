package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.stream.PublishSpec.Lane;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.freshness.Rejections;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.topic.Topics;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Would catch a new model whose rejections nobody reads, since those published before have another topic. */
class DeadLetterTopicsTest {
    private static final Topics TOPICS = Topics.of("freshet");
    private static final List<String> ALL = List.of(Rejections.ALL);

    private final RunningServer server =
            new RunningServer(ServerOptions.of("unused:1").withAddress("127.0.0.1", 0));

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void the_configured_topic_is_that_of_all_models_unless_one_has_another() {
        assertThat(topics("new")).isEqualTo(Map.of("freshet.samples-dlt", ALL));
        publish("a", "freshet.samples");
        assertThat(topics("a", "new")).isEqualTo(Map.of("freshet.samples-dlt", ALL));
    }

    @Test
    void the_configured_topic_is_followed_when_all_models_that_were_published_have_another() {
        publish("a", "flights");
        assertThat(topics("a", "new")).isEqualTo(Map.of("flights-dlt", ALL, "freshet.samples-dlt", List.of("new")));
    }

    @Test
    void each_topic_has_its_own_models() {
        publish("a", "flights");
        publish("b", "hotels");
        publish("c", "freshet.samples");
        assertThat(topics("a", "new"))
                .isEqualTo(Map.of(
                        "flights-dlt", List.of("a"),
                        "hotels-dlt", List.of("b"),
                        "freshet.samples-dlt", List.of("c", "new")));
    }

    private Map<String, List<String>> topics(String... applied) {
        return Ingest.deadLetters(TOPICS, server.store, Set.of(applied));
    }

    private void publish(String model, String topic) {
        ModelSpec spec =
                ModelSpec.parse("{name: " + model + ", label: y, loss: mean-squared-error, features: {numeric: [a]}}");
        List<KeyedBytes> records = new SnapshotCodec().write(Published.snapshot(spec, "", 1, 1), topic, 1, "0.1.0");
        server.publish(Lane.EAGER, records);
    }
}

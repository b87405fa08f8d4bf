package io.freshet.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

/** Would catch a refusal in the log that does not say who was refused. */
class ConsumerSettingsTest {
    @Test
    void names_the_user_whom_the_brokers_refuse() {
        ConsumerSettings settings = new ConsumerSettings(
                "kafka:9092",
                Map.of("sasl.jaas.config", "ScramLoginModule required username=\"server\" password=\"p\";"));
        assertThat(settings.reason(new TopicAuthorizationException(Set.of("freshet.parameters"))))
                .contains("freshet.parameters", "(user: server)")
                .doesNotContain("\"p\"");
    }
}

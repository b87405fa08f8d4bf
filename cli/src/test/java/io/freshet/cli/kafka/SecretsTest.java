package io.freshet.cli.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.schemas.kafka.Secrets;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ssl.keystore.password",
                "ssl.key.password",
                "ssl.keystore.key",
                "ssl.truststore.password",
                "sasl.jaas.config",
                "SSL.Keystore.Key",
                "sasl.oauthbearer.client.credentials.client.secret",
                "sasl.oauthbearer.assertion.private.key.passphrase",
                "my.interceptor.token",
            })
    void redacts_a_secret_in_settings_and_messages(String setting) {
        Map<String, String> settings = Map.of(setting, "s3cret", "client.id", "a");

        assertThat(Secrets.show(settings))
                .contains(setting + "=****")
                .contains("client.id=a")
                .doesNotContain("s3cret");
        assertThat(Secrets.hide("bad value s3cret of " + setting, settings)).isEqualTo("bad value **** of " + setting);
    }

    @Test
    void every_setting_that_kafka_defines_as_a_password_is_a_secret() {
        assertThat(Stream.of(AdminClientConfig.configDef(), ConsumerConfig.configDef(), ProducerConfig.configDef())
                        .flatMap(definition -> definition.configKeys().values().stream())
                        .filter(key -> key.type == ConfigDef.Type.PASSWORD)
                        .map(key -> key.name))
                .isNotEmpty()
                .allMatch(Secrets::isSecret);
    }

    @ParameterizedTest
    @ValueSource(strings = {"security.protocol", "ssl.keystore.location", "sasl.mechanism", "key.serializer"})
    void shows_a_setting_that_is_not_secret(String setting) {
        assertThat(Secrets.show(Map.of(setting, "value"))).isEqualTo(setting + "=value");
    }

    @Test
    void orders_settings_by_name() {
        assertThat(Secrets.show(Map.of("b", "2", "a", "1"))).isEqualTo("a=1, b=2");
    }
}

package io.freshet.schemas.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Would catch a misspelled setting that the clients ignore, and a plug-in whose settings are refused. */
class KafkaSettingsTest {
    private static final List<Set<String>> KNOWN = List.of(Set.of("acks", "linger.ms"), Set.of("group.id"));

    @Test
    void accepts_the_settings_of_any_client() {
        KafkaSettings.requireKnown(Map.of("acks", "all", "group.id", "g"), KNOWN);
    }

    @Test
    void names_the_nearest_setting_and_not_the_value() {
        assertThatThrownBy(() -> KafkaSettings.requireKnown(Map.of("linger.mss", "secret"), KNOWN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--kafka.linger.mss: unknown setting (expected: linger.ms?)");
        assertThatThrownBy(() -> KafkaSettings.requireKnown(Map.of("vault.url", "v"), KNOWN))
                .hasMessage("--kafka.vault.url: unknown setting (expected: a setting of a Kafka producer, consumer, or"
                        + " admin client)");
    }

    @Test
    void accepts_the_settings_of_a_plug_in() {
        Map<String, String> plugIn = Map.of("sasl.login.callback.handler.class", "c", "vault.url", "v");
        List<Set<String>> known = List.of(Set.of("acks", "sasl.login.callback.handler.class"));
        assertThatCode(() -> KafkaSettings.requireKnown(plugIn, known)).doesNotThrowAnyException();
        assertThatThrownBy(() -> KafkaSettings.requireKnown(
                        Map.of("sasl.login.callback.handler.class", "c", "ackz", "all"), known))
                .hasMessageContaining("--kafka.ackz: unknown setting (expected: acks?)");
    }

    /** Otherwise a client cannot read its password from where the provider has it. */
    @Test
    void a_client_keeps_the_settings_of_plug_ins_and_no_others() {
        Map<String, String> settings = new HashMap<>(Map.of(
                "config.providers", "directory",
                "config.providers.directory.class", "DirectoryConfigProvider",
                "client.id", "c",
                "group.id", "g",
                "acks", "all"));
        KafkaSettings.removeOthers(
                settings, Set.of("config.providers", "client.id"), Set.of("client.id", "group.id"), Set.of("acks"));
        assertThat(settings).containsOnlyKeys("config.providers", "config.providers.directory.class", "client.id");
    }

    /** Otherwise a password cannot be read from a mounted file. */
    @Test
    void accepts_a_provider_of_values_with_its_settings() {
        Map<String, String> provider = Map.of(
                "config.providers", "directory",
                "config.providers.directory.class", "DirectoryConfigProvider",
                "config.providers.directory.param.allowed.paths", "/etc/freshet");
        assertThatCode(() -> KafkaSettings.requireKnown(provider, List.of(Set.of("acks", "config.providers"))))
                .doesNotThrowAnyException();
    }
}

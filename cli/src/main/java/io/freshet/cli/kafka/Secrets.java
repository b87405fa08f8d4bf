package io.freshet.cli.kafka;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * Redacts secrets in printed text: the values of settings that Kafka defines as passwords, and of other settings whose
 * names suggest a secret.
 */
public final class Secrets {
    private static final List<String> SECRET_WORDS =
            List.of("password", "passphrase", "secret", "jaas", "token", "credential", "private.key");

    private static final Set<String> PASSWORDS = Stream.of(
                    AdminClientConfig.configDef(), ConsumerConfig.configDef(), ProducerConfig.configDef())
            .flatMap(definition -> definition.configKeys().values().stream())
            .filter(key -> key.type == ConfigDef.Type.PASSWORD)
            .map(key -> key.name)
            .collect(Collectors.toUnmodifiableSet());

    public static final String HIDDEN = "****";

    private Secrets() {}

    /** Returns settings as {@code key=value}, ordered by name, with secrets redacted. */
    public static String show(Map<String, String> settings) {
        return new TreeMap<>(settings)
                .entrySet().stream()
                        .map(setting ->
                                setting.getKey() + "=" + (isSecret(setting.getKey()) ? HIDDEN : setting.getValue()))
                        .collect(Collectors.joining(", "));
    }

    /** Returns a message with all secret values redacted. */
    static String hide(String message, Map<String, String> settings) {
        String hidden = message;
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            if (isSecret(setting.getKey()) && !setting.getValue().isEmpty()) {
                hidden = hidden.replace(setting.getValue(), HIDDEN);
            }
        }
        return hidden;
    }

    private static boolean isSecret(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return PASSWORDS.contains(lower) || SECRET_WORDS.stream().anyMatch(lower::contains);
    }
}

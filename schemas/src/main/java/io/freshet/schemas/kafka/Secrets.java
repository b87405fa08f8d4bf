package io.freshet.schemas.kafka;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Redacts secrets in printed text: the values of settings whose names suggest a secret, which include all that Kafka
 * defines as passwords.
 */
public final class Secrets {
    private static final List<String> SECRET_WORDS = List.of(
            "password",
            "passphrase",
            "secret",
            "jaas",
            "token",
            "credential",
            "private.key",
            "keystore.key",
            "certificate");

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
    public static String hide(String message, Map<String, String> settings) {
        String hidden = message;
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            if (isSecret(setting.getKey()) && !setting.getValue().isEmpty()) {
                hidden = hidden.replace(setting.getValue(), HIDDEN);
            }
        }
        return hidden;
    }

    /** Returns whether the value of a setting is a secret. */
    public static boolean isSecret(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return SECRET_WORDS.stream().anyMatch(lower::contains);
    }
}

package io.freshet.schemas.kafka;

import io.freshet.learning.yaml.NameSuggestion;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Checks the names of Kafka client settings, which the clients themselves only log when they are unknown. */
public final class KafkaSettings {
    /** Settings whose classes may read settings of their own. */
    private static final Set<String> PLUG_INS = Set.of(
            "config.providers",
            "interceptor.classes",
            "metric.reporters",
            "partitioner.class",
            "partition.assignment.strategy",
            "sasl.client.callback.handler.class",
            "sasl.login.callback.handler.class",
            "sasl.login.class",
            "sasl.oauthbearer.jwt.retriever.class",
            "sasl.oauthbearer.jwt.validator.class",
            "security.providers",
            "ssl.engine.factory.class");

    private KafkaSettings() {}

    /**
     * Removes the settings that are those of other clients only. Settings of plug-ins, whose names are unknown here, stay.
     *
     * @param own names of the settings of the client
     * @param others those of other clients
     */
    @SafeVarargs
    public static void removeOthers(Map<?, ?> settings, Set<String> own, Set<String>... others) {
        settings.keySet()
                .removeIf(key -> !own.contains(key) && Arrays.stream(others).anyMatch(names -> names.contains(key)));
    }

    /**
     * Rejects a setting that no client reads. With a plug-in, whose settings are unknown here, only names close to a
     * known one are rejected.
     *
     * @param known names of the settings of each client
     * @throws IllegalArgumentException naming the first unknown setting; never its value, which may be a secret
     */
    public static void requireKnown(Map<String, String> settings, List<? extends Collection<String>> known) {
        Set<String> names = new TreeSet<>();
        known.forEach(names::addAll);
        boolean plugIn = settings.keySet().stream().anyMatch(PLUG_INS::contains);
        for (String key : settings.keySet()) {
            String nearest = NameSuggestion.of(key, names).orElse(null);
            if (!names.contains(key) && (nearest != null || !plugIn)) {
                throw new IllegalArgumentException("--kafka." + key + ": unknown setting (expected: "
                        + (nearest == null ? "a setting of a Kafka producer, consumer, or admin client" : nearest + "?")
                        + ")");
            }
        }
    }
}

package io.freshet.server.configuration;

import io.freshet.learning.yaml.SpecException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;

/** Reads values of options from YAML. Messages have no values of mappings, which may be secrets. */
final class OptionValues {
    private static final String MAPPING = "a mapping {key: value}";

    private OptionValues() {}

    /** The source and place are those of a {@link Setting}. */
    static List<Setting> of(OptionSpec option, String source, String place, @Nullable Object value) {
        if (value == null) {
            return List.of();
        }
        if (option.typeInfo().isMap()) {
            if (!(value instanceof Map<?, ?> map)) {
                throw SpecException.of(place, "a single value", MAPPING);
            }
            return map.entrySet().stream()
                    .map(entry -> setting(
                            String.valueOf(entry.getKey()), source, place + "." + entry.getKey(), entry.getValue()))
                    .toList();
        }
        if (option.typeInfo().isCollection() && value instanceof List<?> values) {
            return values.stream()
                    .map(each -> setting(null, source, place, each))
                    .toList();
        }
        return List.of(setting(null, source, place, value));
    }

    private static Setting setting(@Nullable String key, String source, String place, @Nullable Object value) {
        if (value == null || value instanceof Map || value instanceof List) {
            throw SpecException.of(
                    place, value == null ? "null" : value instanceof Map ? "a mapping" : "a list", "a single value");
        }
        return new Setting(key, value.toString(), source, place);
    }
}

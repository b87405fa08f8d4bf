package io.freshet.server.configuration;

import io.freshet.learning.yaml.Mapping;
import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.YamlDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** A place where options can be set. Messages have no values of mappings, which may be secrets. */
interface OptionSource {
    /**
     * Returns the values of an option; an empty list if the option is not set here.
     *
     * @throws IllegalArgumentException naming the place of a value that is invalid
     */
    List<Setting> settings(OptionSpec option);

    /** Returns the source of the options on the command line. */
    static OptionSource commandLine(ParseResult parsed) {
        return option -> {
            if (!parsed.hasMatchedOption(option)) {
                return List.of();
            }
            String flag = OptionName.of(option).flag();
            List<String> values = option.originalStringValues();
            if (values.isEmpty() || values.equals(List.of(option.fallbackValue()))) {
                return List.of(new Setting(null, EffectiveOptions.GIVEN, flag, flag));
            }
            return values.stream().map(value -> argument(option, flag, value)).toList();
        };
    }

    private static Setting argument(OptionSpec option, String flag, String value) {
        int equals = value.indexOf('=');
        return option.typeInfo().isMap() && equals >= 0
                ? new Setting(value.substring(0, equals), value.substring(equals + 1), flag, flag)
                : new Setting(null, value, flag, flag);
    }

    /** Returns the source of the options in environment variables. An option that is a mapping or a list is one in YAML there. */
    static OptionSource environment(Map<String, String> environment) {
        return option -> {
            String variable = OptionName.of(option).variable();
            String text = environment.getOrDefault(variable, "");
            if (text.isEmpty()) {
                return List.of();
            }
            Object value = option.typeInfo().isMultiValue() ? yaml(variable, text) : text;
            return values(option, variable, variable, value).toList();
        };
    }

    private static Object yaml(String variable, String text) {
        try {
            return YamlDocument.load(text);
        } catch (SpecException e) {
            throw new IllegalArgumentException(variable + ": " + e.getMessage(), e);
        }
    }

    /**
     * Returns the source of the options in a YAML file.
     *
     * @param known names of all options
     * @throws IllegalArgumentException if it is not YAML, or has another option
     */
    static OptionSource file(Path file, Set<String> known) {
        String name = String.valueOf(file.getFileName());
        Map<?, ?> document = document(file, known);
        return option -> {
            String field = OptionName.of(option).yaml();
            return values(option, name, name + ": " + field, document.get(field))
                    .toList();
        };
    }

    private static Map<?, ?> document(Path file, Set<String> known) {
        try {
            Object document = YamlDocument.load(Files.readString(file));
            if (document instanceof Map<?, ?> options) {
                Mapping.of("", options).rejectAllBut(known);
                return options;
            }
            if (document.equals("")) {
                return Map.of();
            }
            throw new SpecException("not a mapping (expected: {option: value})");
        } catch (IOException e) {
            throw new IllegalArgumentException("--config: " + file + " (expected: a readable file)", e);
        } catch (SpecException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    /** Returns the values of an option in YAML. The source and place are those of a {@link Setting}. */
    private static Stream<Setting> values(OptionSpec option, String source, String place, @Nullable Object value) {
        if (value == null) {
            return Stream.of();
        }
        if (option.typeInfo().isMap()) {
            if (!(value instanceof Map<?, ?> map)) {
                throw SpecException.of(place, "a single value", "a mapping {key: value}");
            }
            return map.entrySet().stream().map(entry -> {
                String key = String.valueOf(entry.getKey());
                return value(key, source, place + "." + key, entry.getValue());
            });
        }
        List<?> values = option.typeInfo().isCollection() && value instanceof List<?> list ? list : List.of(value);
        return values.stream().map(each -> value(null, source, place, each));
    }

    private static Setting value(@Nullable String key, String source, String place, @Nullable Object value) {
        if (value == null || value instanceof Map || value instanceof List) {
            throw SpecException.of(
                    place, value == null ? "null" : value instanceof Map ? "a mapping" : "a list", "a single value");
        }
        return new Setting(key, value.toString(), source, place);
    }
}

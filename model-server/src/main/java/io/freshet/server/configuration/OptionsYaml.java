package io.freshet.server.configuration;

import io.freshet.learning.yaml.YamlDocument;
import io.freshet.schemas.kafka.Secrets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.OptionSpec;

/** Writes options as YAML. Secrets are left out: a comment has their place. */
final class OptionsYaml {
    private static final Set<Class<?>> WHOLE_NUMBERS = Set.of(int.class, long.class);

    private OptionsYaml() {}

    static String write(Map<OptionSpec, List<Setting>> settings) {
        return settings.entrySet().stream()
                .map(entry -> option(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining());
    }

    private static String option(OptionSpec option, List<Setting> values) {
        String name = OptionName.of(option).yaml();
        if (values.isEmpty()) {
            String value = option.defaultValue();
            return value == null ? "# " + name + ": not set\n" : line(name, typed(option, value), "default");
        }
        if (option.typeInfo().isCollection()) {
            return name + ":\n"
                    + values.stream()
                            .map(value ->
                                    "  - " + YamlDocument.writeScalar(value.value()) + "  # " + value.source() + "\n")
                            .collect(Collectors.joining());
        }
        if (!option.typeInfo().isMap()) {
            Setting only = values.get(0);
            return line(name, typed(option, only.value()), only.source());
        }
        return name + ":\n" + values.stream().map(value -> "  " + entry(value)).collect(Collectors.joining());
    }

    private static String entry(Setting value) {
        String key = YamlDocument.writeScalar(String.valueOf(value.key()));
        return Secrets.isSecret(key)
                ? "# " + key + ": hidden, from " + value.source() + "\n"
                : line(key, value.value(), value.source());
    }

    private static String line(String name, Object value, String comment) {
        return name + ": " + YamlDocument.writeScalar(value) + "  # " + comment + "\n";
    }

    private static Object typed(OptionSpec option, String value) {
        if (WHOLE_NUMBERS.contains(option.type()) && value.matches("-?\\d{1,18}")) {
            return Long.valueOf(value);
        }
        if (option.type() == double.class && value.matches("-?\\d{1,9}(\\.\\d{1,9})?")) {
            return Double.valueOf(value);
        }
        return option.arity().min() == 0 && value.equals(EffectiveOptions.GIVEN) ? (Object) true : value;
    }
}

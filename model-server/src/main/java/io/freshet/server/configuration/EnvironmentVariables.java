package io.freshet.server.configuration;

import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.YamlDocument;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.OptionSpec;

/** Options in environment variables. An option that is a mapping or a list is one in YAML there. */
final class EnvironmentVariables implements OptionSource {
    private final Map<String, String> environment;

    EnvironmentVariables(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public List<Setting> settings(OptionSpec option) {
        String variable = OptionName.of(option).variable();
        String text = environment.get(variable);
        if (text == null || text.isEmpty()) {
            return List.of();
        }
        return OptionValues.of(
                option, variable, variable, option.typeInfo().isMultiValue() ? yaml(variable, text) : text);
    }

    private static Object yaml(String variable, String text) {
        try {
            return YamlDocument.load(text);
        } catch (SpecException e) {
            throw new IllegalArgumentException(variable + ": " + e.getMessage(), e);
        }
    }
}

package io.freshet.server.configuration;

import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.SpecNode;
import io.freshet.learning.yaml.YamlDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.OptionSpec;

/** Options in a YAML file. */
final class YamlFile implements OptionSource {
    private final String name;
    private final Map<?, ?> document;

    private YamlFile(String name, Map<?, ?> document) {
        this.name = name;
        this.document = document;
    }

    /**
     * Reads a file.
     *
     * @param known names of all options
     * @throws IllegalArgumentException if it is not YAML, or has another option
     */
    static YamlFile read(Path file, Set<String> known) {
        String name = String.valueOf(file.getFileName());
        try {
            Object document = YamlDocument.load(Files.readString(file));
            if (document instanceof Map<?, ?> options) {
                new SpecNode("", options).rejectAllBut(known);
                return new YamlFile(name, options);
            }
            if (document.equals("")) {
                return new YamlFile(name, Map.of());
            }
            throw new SpecException("not a mapping (expected: {option: value})");
        } catch (IOException e) {
            throw new IllegalArgumentException("--config: " + file + " (expected: a readable file)", e);
        } catch (SpecException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    @Override
    public List<Setting> settings(OptionSpec option) {
        String field = OptionName.of(option).yaml();
        return OptionValues.of(option, name, name + ": " + field, document.get(field));
    }
}

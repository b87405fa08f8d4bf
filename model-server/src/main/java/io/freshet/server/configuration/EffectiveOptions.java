package io.freshet.server.configuration;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * The options of a command: each from the command line, or else from its environment variable, or else from a YAML file, or
 * else its default. An option that is a mapping is merged, key by key.
 */
public final class EffectiveOptions {
    /** The value of an option that is given without one. */
    static final String GIVEN = "true";

    private static final String NOT_GIVEN = "false";

    private final Map<OptionSpec, List<Setting>> settings;

    private EffectiveOptions(Map<OptionSpec, List<Setting>> settings) {
        this.settings = settings;
    }

    /**
     * Returns the options of a command whose command line has been parsed.
     *
     * @param flagsOnly names of options that are read from the command line only
     * @param file YAML, or null
     * @throws IllegalArgumentException if the file or a variable is invalid, naming it
     */
    public static EffectiveOptions of(
            CommandSpec command, Set<String> flagsOnly, Map<String, String> environment, @Nullable Path file) {
        List<OptionSpec> options = command.options().stream()
                .filter(option -> !option.inherited() && !option.usageHelp() && !option.versionHelp())
                .filter(option -> !flagsOnly.contains(option.longestName()))
                .toList();
        List<OptionSource> sources = new ArrayList<>();
        sources.add(OptionSource.commandLine(command.commandLine().getParseResult()));
        sources.add(OptionSource.environment(environment));
        if (file != null) {
            Stream<String> known =
                    options.stream().map(option -> OptionName.of(option).yaml());
            sources.add(OptionSource.file(file, known.collect(Collectors.toCollection(LinkedHashSet::new))));
        }
        Map<OptionSpec, List<Setting>> settings = new LinkedHashMap<>();
        for (OptionSpec option : options) {
            settings.put(option, first(option, sources));
        }
        return new EffectiveOptions(settings);
    }

    private static List<Setting> first(OptionSpec option, List<OptionSource> sources) {
        Stream<List<Setting>> found = sources.stream().map(source -> source.settings(option));
        if (!option.typeInfo().isMap()) {
            return found.filter(values -> !values.isEmpty()).findFirst().orElse(List.of());
        }
        Map<@Nullable String, Setting> byKey = new LinkedHashMap<>();
        found.flatMap(List::stream).forEach(value -> byKey.putIfAbsent(value.key(), value));
        return List.copyOf(byKey.values());
    }

    /** Returns the options that are set anywhere, as arguments of the command. */
    public String[] arguments() {
        return settings.entrySet().stream()
                .flatMap(entry -> entry.getValue().stream().flatMap(value -> argument(entry.getKey(), value)))
                .toArray(String[]::new);
    }

    private static Stream<String> argument(OptionSpec option, Setting setting) {
        String flag = OptionName.of(option).flag();
        if (setting.key() != null) {
            return Stream.of(flag + "=" + setting.key() + "=" + setting.value());
        }
        if (option.arity().min() > 0) {
            return Stream.of(flag + "=" + setting.value());
        }
        return switch (setting.value()) {
            case GIVEN -> Stream.of(flag);
            case NOT_GIVEN -> Stream.of();
            default -> Stream.of(flag + "=" + setting.value());
        };
    }

    /** Returns the message of a value that cannot be parsed, with the place where the user set it. */
    public String explain(ParameterException e) {
        String message = String.valueOf((e.getCause() == null ? e : e.getCause()).getMessage());
        return e.getArgSpec() instanceof OptionSpec option
                ? settings.entrySet().stream()
                        .filter(entry -> entry.getKey().longestName().equals(option.longestName()))
                        .flatMap(entry -> entry.getValue().stream())
                        .map(value -> value.place() + ": " + message)
                        .findFirst()
                        .orElse(message)
                : message;
    }

    /**
     * Replaces the name at the start of a message, {@code maxRows: ...} or {@code --kafka.KEY: ...}, by the place where the
     * user set the value.
     */
    public String explain(String message) {
        String name = message.substring(0, Math.max(0, message.indexOf(':')));
        for (Map.Entry<OptionSpec, List<Setting>> entry : settings.entrySet()) {
            OptionName option = OptionName.of(entry.getKey());
            if (name.equals(option.yaml())) {
                String place = entry.getValue().isEmpty()
                        ? option.flag()
                        : entry.getValue().get(0).place();
                return place + message.substring(name.length());
            }
            for (Setting value : entry.getValue()) {
                if (name.equals(option.flag() + "." + value.key()) && !isFlag(value)) {
                    return value.place() + message.substring(name.length());
                }
            }
        }
        return message;
    }

    private static boolean isFlag(Setting setting) {
        return setting.place().startsWith("--");
    }

    /** Returns the options as YAML that can be read again, with the place of each as a comment, and without secrets. */
    public String yaml() {
        return OptionsYaml.write(settings);
    }
}

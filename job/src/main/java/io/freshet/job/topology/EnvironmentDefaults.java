package io.freshet.job.topology;

import java.lang.reflect.AnnotatedElement;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Option;

/**
 * Defaults of options that come from environment variables. An empty variable counts as one that is not set, as Compose and
 * scripts pass those that the user did not set.
 */
public record EnvironmentDefaults(Map<String, String> environment) implements IDefaultValueProvider {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{env:([^:}]+)(?::-([^}]*))?}");

    /** Returns the default of an option whose default may come from a variable; null for other options. */
    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        // The annotation, since the option itself has the value of the variable.
        if (!(argument.userObject() instanceof AnnotatedElement element)) {
            return null;
        }
        Option option = element.getAnnotation(Option.class);
        Matcher variable = VARIABLE.matcher(option == null ? "" : option.defaultValue());
        if (!variable.matches()) {
            return null;
        }
        String value = environment.getOrDefault(variable.group(1), "");
        if (!value.isBlank()) {
            return value;
        }
        return variable.group(2) == null ? Option.NULL_VALUE : variable.group(2);
    }
}

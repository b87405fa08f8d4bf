package io.freshet.cli.dev;

import io.freshet.schemas.kafka.Secrets;
import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/**
 * The options of {@code freshet job}, as arguments of the job. Options set by environment variables are passed too, except
 * secrets, which stay in the environment.
 */
record JobArguments(List<String> values, List<String> redacted) {
    private static final Set<String> SECRETS = Set.of("--schema-registry-user", "--schema-registry-token");

    static JobArguments of(ParseResult parsed, CommandSpec job) {
        JobArguments result = new JobArguments(new ArrayList<>(), new ArrayList<>());
        for (OptionSpec option : job.options()) {
            String name = option.longestName();
            if (parsed.hasMatchedOption(name)) {
                OptionSpec given = parsed.matchedOption(name);
                for (String text : given.originalStringValues()) {
                    result.add(name, text, given.arity().max() == 0);
                }
            } else if (isFromEnvironment(option) && !SECRETS.contains(name)) {
                CommandSpec mounted = parsed.commandSpec();
                Object value = mounted.findOption(name).getValue();
                if (value != null) {
                    result.add(name, value.toString(), false);
                }
            }
        }
        return result;
    }

    /** Reads the annotation, because {@link OptionSpec#defaultValue} returns the value of the variable if it is set. */
    private static boolean isFromEnvironment(OptionSpec option) {
        return option.userObject() instanceof AnnotatedElement field
                && field.isAnnotationPresent(Option.class)
                && field.getAnnotation(Option.class).defaultValue().startsWith("${env:");
    }

    private void add(String name, String text, boolean flag) {
        values.add(name);
        redacted.add(name);
        if (!flag) {
            values.add(text);
            redacted.add(SECRETS.contains(name) ? Secrets.HIDDEN : name.equals("--kafka") ? redact(text) : text);
        }
    }

    private static String redact(String setting) {
        int equals = setting.indexOf('=');
        return equals < 0 ? setting : Secrets.show(Map.of(setting.substring(0, equals), setting.substring(equals + 1)));
    }

    boolean hasSecrets() {
        return !values.equals(redacted);
    }
}

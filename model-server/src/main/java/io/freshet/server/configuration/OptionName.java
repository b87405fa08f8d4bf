package io.freshet.server.configuration;

import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The names of an option: {@code --max-rows} is {@code maxRows} in YAML and {@code FRESHET_MAX_ROWS} in the environment.
 *
 * @param flag the name on the command line
 */
record OptionName(String flag) {
    private static final Pattern HYPHEN = Pattern.compile("-(.)");

    static OptionName of(OptionSpec option) {
        return new OptionName(option.longestName());
    }

    String yaml() {
        return HYPHEN.matcher(words()).replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
    }

    String variable() {
        return "FRESHET_" + words().toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private String words() {
        return flag.substring("--".length());
    }
}

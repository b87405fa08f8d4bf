package io.freshet.server.configuration;

import java.util.List;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Options on the command line. */
final class Arguments implements OptionSource {
    private final ParseResult parsed;

    Arguments(ParseResult parsed) {
        this.parsed = parsed;
    }

    @Override
    public List<Setting> settings(OptionSpec option) {
        if (!parsed.hasMatchedOption(option)) {
            return List.of();
        }
        String flag = OptionName.of(option).flag();
        List<String> values = option.originalStringValues();
        if (values.isEmpty() || values.equals(List.of(option.fallbackValue()))) {
            return List.of(new Setting(null, EffectiveOptions.GIVEN, flag, flag));
        }
        return values.stream().map(value -> setting(option, flag, value)).toList();
    }

    private static Setting setting(OptionSpec option, String flag, String value) {
        int equals = value.indexOf('=');
        return option.typeInfo().isMap() && equals >= 0
                ? new Setting(value.substring(0, equals), value.substring(equals + 1), flag, flag)
                : new Setting(null, value, flag, flag);
    }
}

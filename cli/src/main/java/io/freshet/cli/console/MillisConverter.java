package io.freshet.cli.console;

import io.freshet.learning.yaml.Durations;
import io.freshet.learning.yaml.SpecException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts a duration such as 10m to milliseconds. */
public final class MillisConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String value) {
        try {
            return value.equals("0") ? 0 : Durations.millis("", value);
        } catch (SpecException e) {
            throw new TypeConversionException(value + " (expected: " + Durations.EXPECTED + ")");
        }
    }
}

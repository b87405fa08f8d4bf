package io.freshet.cli.predict;

import io.freshet.cli.input.InputException;
import io.freshet.cli.input.VectorText;
import io.freshet.cli.predict.RemoteModel.Input;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.yaml.NameSuggestion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parses one row from the command line: {@code NAME=VALUE ...}. */
final class NamedValues {
    private NamedValues() {}

    /**
     * Returns a value for each input; null for an optional one without a value.
     *
     * @throws InputException if an input is missing, unknown, repeated, or invalid
     */
    static @Nullable Object[] row(List<Input> inputs, List<String> arguments) throws InputException {
        Map<String, String> values = new LinkedHashMap<>();
        List<String> names = inputs.stream().map(Input::name).toList();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals <= 0) {
                throw new InputException(argument + " (expected: NAME=VALUE)");
            }
            String name = argument.substring(0, equals);
            if (!names.contains(name)) {
                String expected = NameSuggestion.of(name, names)
                        .map(nearest -> nearest + "?")
                        .orElse("one of " + String.join(", ", names));
                throw new InputException(name + ": unknown input (expected: " + expected + ")");
            }
            if (values.put(name, argument.substring(equals + 1)) != null) {
                throw new InputException(name + ": twice (expected: each input once)");
            }
        }
        @Nullable Object[] row = new @Nullable Object[inputs.size()];
        for (int i = 0; i < row.length; i++) {
            row[i] = value(inputs.get(i), values);
        }
        return row;
    }

    private static @Nullable Object value(Input input, Map<String, String> values) throws InputException {
        String text = values.get(input.name());
        if (text == null && input.optional()) {
            return null;
        }
        if (text == null) {
            throw new InputException(
                    input.name() + ": missing (expected: " + input.kind().expected() + ")");
        }
        return switch (input.kind()) {
            case TEXT -> text;
            case VECTOR -> vector(input.name(), text);
            case NUMBER -> number(input, text);
        };
    }

    private static float[] vector(String name, String text) throws InputException {
        try {
            return VectorText.parse(name, text);
        } catch (InvalidSampleException e) {
            throw new InputException(String.valueOf(e.getMessage()));
        }
    }

    /** Returns a number. A text in the place of an optional one may stand for a missing value, which the server decides. */
    private static Object number(Input input, String text) throws InputException {
        double number = Double.NaN;
        try {
            number = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            // Reported below.
        }
        if (Double.isFinite(number)) {
            return number;
        }
        if (input.optional() && Double.isNaN(number)) {
            return text;
        }
        throw new InputException(
                input.name() + ": " + text + " (expected: " + InvalidSampleException.expectedNumber(number) + ")");
    }
}

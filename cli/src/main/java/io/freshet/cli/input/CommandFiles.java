package io.freshet.cli.input;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files that the options of a command name. Each output differs from all inputs and from the other outputs, in
 * whatever order they are added.
 */
public final class CommandFiles {
    private final List<Input> inputs = new ArrayList<>();
    private final List<OutputFile> outputs = new ArrayList<>();

    private record Input(String option, Path path) {}

    /**
     * Adds files that the command reads.
     *
     * @throws InputException if one of them is an output
     */
    public CommandFiles reads(String option, Collection<Path> paths) throws IOException {
        for (Path path : paths) {
            Input input = new Input(option, path);
            for (OutputFile output : outputs) {
                requireOther(output, input);
            }
            inputs.add(input);
        }
        return this;
    }

    /** Adds a file that the command reads; null for none. */
    public CommandFiles reads(String option, @Nullable Path path) throws IOException {
        return path == null ? this : reads(option, List.of(path));
    }

    /** Adds a file that the command writes, if one was given; returns null for null. */
    public @Nullable OutputFile writesIfGiven(String option, @Nullable Path path) throws IOException {
        return path == null ? null : writes(option, path);
    }

    /**
     * Adds a file that the command writes.
     *
     * @throws InputException if it cannot be written, or is an input or another output
     */
    public OutputFile writes(String option, Path path) throws IOException {
        OutputFile output = OutputFile.of(option, path);
        for (Input input : inputs) {
            requireOther(output, input);
        }
        for (OutputFile other : outputs) {
            if (output.isSameFile(other)) {
                throw collision(output, other.option());
            }
        }
        outputs.add(output);
        return output;
    }

    private static void requireOther(OutputFile output, Input input) throws IOException {
        if (output.isSameFile(input.path())) {
            throw collision(output, input.option());
        }
    }

    private static InputException collision(OutputFile output, String other) {
        return new InputException(
                output.option() + ": " + output.path() + " (expected: a file other than " + other + ")");
    }
}

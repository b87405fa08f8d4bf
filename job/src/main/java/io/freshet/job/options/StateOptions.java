package io.freshet.job.options;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options for the storage of models while a job runs. */
public final class StateOptions {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})([KMG]IB)");

    @Option(
            names = "--state-backend",
            paramLabel = "heap|rocksdb",
            description = "Where models are kept: on the heap, or on disk for many millions of keys"
                    + " (default: Flink's configuration, or heap).")
    private @Nullable String backend;

    @Option(
            names = "--model-cache",
            paramLabel = "<size>",
            description = "Memory of each task for caching models on disk and models in blocks, such as 64MiB or 1GiB"
                    + " (default: 256MiB).")
    private String cache = "256MiB";

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /** @throws ParameterException if a value is invalid */
    public StateSettings settings() {
        if (backend != null && !backend.equals("heap") && !backend.equals("rocksdb")) {
            throw wrong("--state-backend", backend, "heap or rocksdb");
        }
        return new StateSettings(backend, cacheBytes());
    }

    private long cacheBytes() {
        Matcher size = SIZE.matcher(cache.toUpperCase(Locale.ROOT));
        if (!size.matches()) {
            throw wrong("--model-cache", cache, "a number of KiB, MiB, or GiB, such as 64MiB");
        }
        int shift = 10 * ("KMG".indexOf(size.group(2).charAt(0)) + 1);
        return Long.parseLong(size.group(1)) << shift;
    }

    private ParameterException wrong(String option, String value, String expected) {
        return new ParameterException(command.commandLine(), option + ": " + value + " (expected: " + expected + ")");
    }
}

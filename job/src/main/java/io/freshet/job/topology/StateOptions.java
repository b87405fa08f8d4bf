package io.freshet.job.topology;

import io.freshet.job.learn.LearnerResources;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options for the storage of models while a job runs, and for what learners may use. */
public final class StateOptions {
    private static final int MAXIMUM_THREADS = 128;
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

    @Option(
            names = "--learner-threads",
            paramLabel = "<n>",
            description =
                    "Threads of the learner of each task, which share large batches of networks; the results have the"
                            + " same bits for every number (default: ${DEFAULT-VALUE}).")
    private int threads = 1;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /** @throws ParameterException if a value is invalid */
    public StateSettings settings() {
        if (backend != null && !isBackend(backend)) {
            throw wrong("--state-backend", backend, "heap or rocksdb");
        }
        if (threads < 1 || threads > MAXIMUM_THREADS) {
            throw wrong("--learner-threads", Integer.toString(threads), "from 1 to " + MAXIMUM_THREADS);
        }
        return new StateSettings(backend, new LearnerResources(cacheBytes(), threads));
    }

    static boolean isBackend(String name) {
        return name.equals("heap") || name.equals("rocksdb");
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

package io.freshet.job;

import io.freshet.job.topology.EnvironmentDefaults;
import io.freshet.schemas.kafka.KafkaArguments;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Runs the main class of a job with its arguments. */
final class JobMain {
    private JobMain() {}

    /**
     * Runs a job.
     *
     * @param job a command of picocli
     * @throws IllegalArgumentException if the arguments are invalid; details go to stderr
     * @throws Exception thrown by the job, unwrapped
     */
    static void run(Callable<Integer> job, String[] arguments) throws Exception {
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        CommandLine line = new CommandLine(job)
                .setDefaultValueProvider(new EnvironmentDefaults(System.getenv()))
                .setExecutionExceptionHandler((e, command, result) -> {
                    failure.set(e);
                    return CommandLine.ExitCode.SOFTWARE;
                });
        int code = line.execute(expand(arguments));
        Exception e = failure.get();
        if (e != null) {
            throw e;
        }
        if (code != CommandLine.ExitCode.OK) {
            throw new IllegalArgumentException(line.getCommandName() + ": not started, invalid arguments");
        }
    }

    /**
     * Rewrites {@code --kafka.KEY=VALUE}, and drops {@code -D jobmanager.memory...}, which Flink's scripts append to the
     * arguments of a job in an application cluster.
     */
    static String[] expand(String[] arguments) {
        List<String> kept = new ArrayList<>();
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i].equals("-D")
                    && i + 1 < arguments.length
                    && arguments[i + 1].startsWith("jobmanager.memory.")) {
                i++;
            } else {
                kept.add(arguments[i]);
            }
        }
        return KafkaArguments.expand(kept.toArray(String[]::new));
    }
}

package io.freshet.faults.cluster;

import io.freshet.job.FreshetJob;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.client.cli.CliFrontend;
import org.apache.flink.client.cli.DefaultCLI;
import org.apache.flink.configuration.GlobalConfiguration;

/** The command {@code flink run}. */
final class FlinkRun {
    private FlinkRun() {}

    /**
     * Submits the job; returns once the job manager has accepted it.
     *
     * @param configuration folder of Flink's configuration, which says where the job manager is
     */
    static void submit(Path configuration, Path jar, List<String> jobOptions) {
        List<String> arguments =
                new ArrayList<>(List.of("run", "--detached", "--class", FreshetJob.class.getName(), jar.toString()));
        arguments.addAll(jobOptions);
        int code = new CliFrontend(
                        GlobalConfiguration.loadConfiguration(configuration.toString()), List.of(new DefaultCLI()))
                .parseAndRun(arguments.toArray(String[]::new));
        if (code != 0) {
            throw new IllegalStateException("flink run: exit code " + code);
        }
    }
}

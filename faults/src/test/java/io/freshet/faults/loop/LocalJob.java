package io.freshet.faults.loop;

import io.freshet.faults.cluster.CheckpointSettings;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Runs the main class of a job in one JVM, as {@code LocalJob CHECKPOINTS TEMPORARY MAIN_CLASS ARGUMENT...}. */
public final class LocalJob extends StreamExecutionEnvironment {
    private static final String PARALLELISM = "2";

    private LocalJob() {}

    public static void main(String[] arguments) throws Exception {
        Configuration settings = new Configuration();
        CheckpointSettings.of(Path.of(arguments[0]), "100 ms").forEach(settings::setString);
        settings.setString("execution.target", "local");
        settings.setString("execution.attached", "true");
        settings.setString("parallelism.default", PARALLELISM);
        settings.setString("io.tmp.dirs", arguments[1]);
        settings.setString("rest.address", "127.0.0.1");
        settings.setString("taskmanager.memory.network.min", "32m");
        settings.setString("taskmanager.memory.network.max", "32m");
        settings.setString("taskmanager.memory.managed.size", "64m");
        initializeContextEnvironment(job -> {
            Configuration all = new Configuration(settings);
            all.addAll(job);
            return new StreamExecutionEnvironment(all);
        });
        Class.forName(arguments[2]).getMethod("main", String[].class).invoke(null, (Object)
                Arrays.copyOfRange(arguments, 3, arguments.length));
    }
}

package io.freshet.faults.loop;

import io.freshet.faults.cluster.BrokerMain;
import io.freshet.job.FreshetJob;
import io.freshet.server.ModelServerMain;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** One process of the loop. */
enum LoopProcess {
    BROKER(BrokerMain.class.getName(), "400m"),
    SERVER(ModelServerMain.class.getName(), "200m"),
    JOIN(LocalJob.class.getName(), "400m"),
    TRAINER(LocalJob.class.getName(), "400m");

    private static final String JOIN_MAIN = "io.freshet.job.FreshetJoin";

    final String mainClass;
    final String heap;

    LoopProcess(String mainClass, String heap) {
        this.mainClass = mainClass;
        this.heap = heap;
    }

    /** Returns a name such as {@code trainer}. */
    String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @param directory of everything that outlives a process */
    List<String> arguments(Path directory, String prefix, int brokerPort, int serverPort) {
        List<String> kafka = List.of("--bootstrap-servers", "127.0.0.1:" + brokerPort, "--prefix", prefix);
        return switch (this) {
            case BROKER -> List.of(directory.resolve("kafka").toString(), Integer.toString(brokerPort));
            case SERVER ->
                with(
                        kafka,
                        "--port",
                        Integer.toString(serverPort),
                        "--log-answers",
                        "--log-answers-required",
                        "--log-answers-fields",
                        "all",
                        "--feedback",
                        "--unknown-keys",
                        "zero");
            case JOIN -> job(directory, JOIN_MAIN, kafka);
            case TRAINER -> job(directory, FreshetJob.class.getName(), kafka);
        };
    }

    private List<String> job(Path directory, String job, List<String> kafka) {
        Path checkpoints = directory.resolve(title() + "-checkpoints");
        List<String> local = List.of(
                checkpoints.toString(), directory.resolve(title() + "-tmp").toString(), job);
        List<String> arguments = Stream.concat(local.stream(), kafka.stream()).toList();
        return with(
                arguments,
                "--checkpoint-interval",
                "0.5s",
                "--resume",
                checkpoints.toUri().toString());
    }

    private static List<String> with(List<String> arguments, String... more) {
        return Stream.concat(arguments.stream(), Stream.of(more)).toList();
    }
}

package io.freshet.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Runs {@code smoke.sh} with the jars of this build: the containers start, predict, and survive kills of the task managers, the
 * job manager, the broker, and the server, no flight is lost or learned twice, and nothing is left behind. Skipped without
 * Docker.
 */
@Timeout(900)
class ComposeIT {
    private static final int PREREQUISITE_MISSING = 2;
    private static final Path SCRIPT = Path.of("smoke.sh").toAbsolutePath();
    private static final List<String> JARS =
            List.of("cli/target/lib", "job/target", "model-server/target", "deploy/flink-lib/target/lib");

    @Test
    void learns_each_flight_once_through_kills_and_leaves_nothing_behind() throws Exception {
        for (String jars : JARS) {
            Path directory = SCRIPT.resolve("../../..").normalize().resolve(jars);
            Assumptions.assumeTrue(containsJar(directory), directory + ": no jar (expected: mvn verify, or package)");
        }
        File output = Path.of("target", "smoke.txt").toFile();
        ProcessBuilder smoke = new ProcessBuilder("bash", SCRIPT.toString())
                .redirectErrorStream(true)
                .redirectOutput(output);
        smoke.environment().put("FRESHET_BUILD", "prebuilt");
        smoke.environment().put("SMOKE_QUIET_SECONDS", "15");
        int code = run(smoke);
        String text = Files.readString(output.toPath());
        Assumptions.assumeTrue(code != PREREQUISITE_MISSING, text.strip());
        assertThat(code).as(text).isZero();
        System.out.print(text);
    }

    /** Runs the script to its end. If the test is stopped, it is too, and removes its containers. */
    private static int run(ProcessBuilder script) throws IOException, InterruptedException {
        Process process = script.start();
        try {
            return process.waitFor();
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    private static boolean containsJar(Path directory) {
        String[] files = directory.toFile().list((parent, name) -> name.endsWith(".jar"));
        return files != null && files.length > 0;
    }
}

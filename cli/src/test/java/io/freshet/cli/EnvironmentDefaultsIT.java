package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Would catch a command that ignores FRESHET_BOOTSTRAP_SERVERS or FRESHET_SERVER, or a job that is submitted without its value. */
class EnvironmentDefaultsIT {
    @TempDir
    Path home;

    private String server = "http://localhost:1";

    @Test
    void the_printed_job_contains_values_from_the_environment() throws Exception {
        Files.createFile(Files.createDirectories(home.resolve("job/target")).resolve("freshet-job-1-job.jar"));

        assertThat(freshet("job", "--bounded"))
                .contains(" --bootstrap-servers broker:9999")
                .contains(" --bounded");
    }

    @Test
    void the_server_takes_the_brokers_from_the_environment() throws Exception {
        assertThat(freshet("server", "--port", "-1")).contains("--port: -1").doesNotContain("bootstrap");
    }

    @Test
    void commands_that_ask_a_server_take_its_address_from_the_environment() throws Exception {
        assertThat(freshet("predict", "m", "x=1")).contains("localhost:1");
    }

    /** Would catch the empty variables that Compose and scripts pass for those that are not set. */
    @Test
    void an_empty_variable_is_not_set() throws Exception {
        server = "";
        assertThat(freshet("predict", "m", "x=1")).contains("127.0.0.1:8000");
        assertThat(freshet("status", "--bootstrap-servers", "localhost:1"))
                .contains("localhost:1")
                .doesNotContain("--server");
    }

    @Test
    void the_help_loads_neither_kafka_nor_logging_nor_an_http_client() throws Exception {
        assertThat(run(List.of("-Xlog:class+load"), "--help"))
                .contains("io.freshet.cli.kafka.KafkaOptions ")
                .doesNotContain(
                        "org.apache.kafka.common.config.ConfigDef ",
                        "org.apache.logging.log4j.core.",
                        "jdk.internal.net.http.");
    }

    private String freshet(String... arguments) throws Exception {
        return run(List.of(), arguments);
    }

    private String run(List<String> javaOptions, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(javaOptions);
        command.addAll(List.of(
                "-cp", System.getProperty("java.class.path"), "-Dfreshet.home=" + home, Freshet.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("FRESHET_BOOTSTRAP_SERVERS", "broker:9999");
        builder.environment().put("FRESHET_SERVER", server);
        builder.environment().remove("FLINK_HOME");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return output;
    }
}

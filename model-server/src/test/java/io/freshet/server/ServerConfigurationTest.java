package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.schemas.kafka.KafkaArguments;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerConfigurationTest {
    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void writeFile() throws Exception {
        file = file("""
                bootstrapServers: file:1
                maxRows: 3
                learn: true
                flinkUrl:
                kafka:
                  client.id: file
                  max.poll.records: 100
                  ssl.key.password: hush
                """);
    }

    @Test
    void takes_each_option_from_the_command_line_or_else_a_variable_or_else_the_file() throws Exception {
        Map<String, String> environment = Map.of("FRESHET_MAX_ROWS", "2", "FRESHET_PORT", "2", "FRESHET_HOST", "");

        ServerOptions options = options(environment, "--config=" + file, "--port=1");

        assertThat(options.endpoint().port()).isEqualTo(1);
        assertThat(options.limits().rows()).isEqualTo(2);
        assertThat(options.kafka().bootstrapServers()).isEqualTo("file:1");
        assertThat(options.writing().samples()).isEqualTo("freshet.samples");
        assertThat(options.endpoint().host()).isEqualTo("127.0.0.1");
        assertThat(options.flinkUrl()).isNull();
    }

    @Test
    void merges_mappings() throws Exception {
        Map<String, String> environment =
                Map.of("FRESHET_KAFKA", "{client.id: variable, group.id: variable}", "FRESHET_PARENT", "{a: b}");

        ServerOptions options = options(environment, "--config=" + file, "--kafka.client.id=flag");

        assertThat(options.kafka().settings())
                .isEqualTo(Map.of(
                        "client.id", "flag",
                        "group.id", "variable",
                        "max.poll.records", "100",
                        "ssl.key.password", "hush"));
        assertThat(options.serving().parents()).isEqualTo(Map.of("a", "b"));
    }

    @Test
    void lists_are_taken_from_one_source_and_written_as_lists() throws Exception {
        Path gates = file("bootstrapServers: file:1\ngate: ['m:loss<=0.7', 'm:accuracy>=0.6']\n");

        assertThat(options(Map.of(), "--config=" + gates).serving().gates())
                .hasToString("[m:loss<=0.7, m:accuracy>=0.6]");
        assertThat(options(Map.of("FRESHET_GATE", "[m:loss<=1, m:loss>=0]"), "--config=" + gates)
                        .serving()
                        .gates())
                .hasToString("[m:loss<=1.0, m:loss>=0.0]");
        assertThat(options(
                                Map.of("FRESHET_GATE", "m:loss<=1"),
                                "--config=" + gates,
                                "--gate=m:mae<=2",
                                "--gate=m:mae>=1")
                        .serving()
                        .gates())
                .hasToString("[m:mae<=2.0, m:mae>=1.0]");
        assertThat(print("--config=" + gates))
                .containsSubsequence("gate:", "  - m:loss<=0.7  # options.yaml", "  - m:accuracy>=0.6  # options.yaml");
    }

    @Test
    void a_variable_can_name_the_file() throws Exception {
        assertThat(options(Map.of("FRESHET_CONFIG", file.toString())).limits().rows())
                .isEqualTo(3);
    }

    @Test
    void an_empty_variable_names_no_file() throws Exception {
        assertThat(options(Map.of("FRESHET_CONFIG", ""), "--bootstrap-servers=b:1"))
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            maxRow: 3                       | maxRow: unknown field (expected: maxRows?)
            max-rows: 3                     | max-rows: unknown field (expected: maxRows?)
            config: other.yaml              | config: unknown field
            maxRows: 0                      | maxRows: 0 (expected: at least 1)
            maxRows: many                   | maxRows: 'many' is not an int
            maxRows: [1, 2]                 | maxRows: a list (expected: a single value)
            maxStaleness: 30                | maxStaleness: 30 (expected: a duration
            logFormat: xml                  | logFormat: expected one of [TEXT, JSON] (case-insensitive) but was 'xml'
            port: 70000                     | port: 70000 (expected: 0 to 65535)
            tokenFile: /no/such             | tokenFile: /no/such (expected: a readable file)
            kafka: {sasl.jaas.confi: hush}  | kafka.sasl.jaas.confi: unknown setting (expected: sasl.jaas.config?)
            gate: [[hush]]                  | gate: a list (expected: a single value)
            gate: ['m:loss<=x']             | gate: m:loss<=x: x (expected: a number)
            kafka: hush                     | kafka: a single value (expected: a mapping {key: value})
            kafka: {ssl: {key: hush}}       | kafka.ssl: a mapping (expected: a single value)
            - hush                          | not a mapping (expected: {option: value})
            """)
    void names_the_file_and_the_field_but_no_secret(String yaml, String message) throws Exception {
        Path invalid = file(yaml);

        assertThatThrownBy(() -> options(Map.of(), "--bootstrap-servers=b:1", "--config=" + invalid))
                .isInstanceOf(InvalidOptionException.class)
                .message()
                .contains("options.yaml: " + message)
                .doesNotContain("hush");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            FRESHET_MAX_ROWS | 0       | FRESHET_MAX_ROWS: 0 (expected: at least 1)
            FRESHET_MAX_ROWS | many    | FRESHET_MAX_ROWS: 'many' is not an int
            FRESHET_KAFKA    | a=hush  | FRESHET_KAFKA: a single value (expected: a mapping {key: value})
            FRESHET_KAFKA    | {a: b}  | FRESHET_KAFKA.a: unknown setting
            FRESHET_CONFIG   | /no     | --config: /no (expected: a readable file)
            """)
    void names_the_variable_but_no_secret(String variable, String value, String message) {
        assertThatThrownBy(() -> options(Map.of(variable, value), "--bootstrap-servers=b:1"))
                .isInstanceOf(InvalidOptionException.class)
                .message()
                .startsWith(message)
                .doesNotContain("hush");
    }

    @Test
    void prints_the_options_with_their_sources_but_without_secrets() {
        assertThat(print("--config=" + file, "--port=1", "--kafka.sasl.jaas.config=hush"))
                .contains(
                        "bootstrapServers: file:1  # options.yaml",
                        "port: 1  # --port",
                        "maxRows: 3  # options.yaml",
                        "learn: true  # options.yaml",
                        "host: 127.0.0.1  # default",
                        "# flinkUrl: not set",
                        "  # ssl.key.password: hidden, from options.yaml",
                        "  # sasl.jaas.config: hidden, from --kafka")
                .noneMatch(line -> line.contains("hush"));
    }

    @Test
    void reads_what_it_printed() throws Exception {
        String[] arguments = {
            "--config=" + file,
            "--kafka.client.id=a: #\n'b'",
            "--prefix=1e3",
            "--learn=false-alarms",
            "--parent=1=true",
            "--gate=m:loss<=1",
            "--gate=m:loss>=0"
        };
        Path printed = Files.writeString(directory.resolve("printed.yaml"), String.join("\n", print(arguments)));

        ServerOptions options = options(Map.of(), arguments);

        assertThat(options(Map.of(), "--config=" + printed, "--kafka.ssl.key.password=hush"))
                .isEqualTo(options);
    }

    private Path file(String yaml) throws Exception {
        return Files.writeString(directory.resolve("options.yaml"), yaml);
    }

    private static ServerOptions options(Map<String, String> environment, String... arguments) throws Exception {
        ServerCommand command = new ServerCommand();
        ModelServerMain.commandLine(command).parseArgs(KafkaArguments.expand(arguments));
        return command.options(environment);
    }

    private static List<String> print(String... arguments) {
        StringWriter out = new StringWriter();
        int code = ModelServerMain.commandLine(new ServerCommand())
                .setOut(new PrintWriter(out))
                .execute(KafkaArguments.expand(Stream.concat(Stream.of("--print-config"), Stream.of(arguments))
                        .toArray(String[]::new)));
        assertThat(code).isEqualTo(0);
        return out.toString().lines().toList();
    }
}

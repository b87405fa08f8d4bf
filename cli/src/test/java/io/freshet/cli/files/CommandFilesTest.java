package io.freshet.cli.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.freshet.cli.Run;
import io.freshet.cli.input.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Would catch an output that replaces an input or another output, an old file that a failed run has destroyed, a temporary
 * file left behind, and new contents that are lost because they cannot get their name.
 */
@Timeout(60)
class CommandFilesTest {
    private static final String SIGNS = "name: signs\nlabel: y\nfeatures: {numeric: [x]}\nloss: binary-cross-entropy\n";

    @TempDir
    Path directory;

    private Path rows;
    private Path test;
    private Path spec;

    @BeforeEach
    void write() throws IOException {
        rows = Files.writeString(directory.resolve("rows.csv"), "x,y\n1,1\n2,0\n");
        test = Files.writeString(directory.resolve("t.csv"), "x,y\n3,1\n");
        spec = Files.writeString(directory.resolve("spec.yaml"), SIGNS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--save", "--report", "--rejects", "--predictions"})
    void train_never_overwrites_its_test_rows(String option) throws IOException {
        assertRefused(train("--test", test.toString(), option, test.toString()), option, "--test");

        assertThat(test).hasContent("x,y\n3,1\n");
    }

    @Test
    void train_overwrites_neither_its_specification_nor_one_output_with_another() throws IOException {
        Path report = directory.resolve("new.json");

        assertRefused(train("--report", spec.toString()), "--report", "--spec");
        assertRefused(train("--report", report.toString(), "--save", report.toString()), "--save", "--report");

        assertThat(spec).hasContent(SIGNS);
        assertThat(report).doesNotExist();
    }

    @Test
    void compare_does_not_overwrite_its_report_with_the_chart() {
        String file = directory.resolve("c.svg").toString();
        Run run = Run.of(
                "compare",
                "--spec=" + spec,
                "--input=" + rows,
                "--vary=seed=1,2",
                "--report=" + file,
                "--plot=" + file);

        assertRefused(run, "--plot", "--report");
    }

    @Test
    void predict_overwrites_neither_the_snapshot_nor_the_token_nor_the_rejected_rows() throws IOException {
        String snapshot =
                Files.writeString(directory.resolve("m.csv"), "snapshot").toString();
        String both = directory.resolve("p.csv").toString();
        String input = "--input=" + rows;

        assertRefused(Run.of("predict", "--snapshot", snapshot, input, "--output", snapshot), "--output", "--snapshot");
        assertRefused(
                Run.of("predict", "--snapshot", snapshot, input, "--output", both, "--rejects", both),
                "--rejects",
                "--output");
        assertRefused(
                Run.of("predict", "m", input, "--token-file", snapshot, "--output", snapshot),
                "--output",
                "--token-file");
        assertThat(Path.of(snapshot)).hasContent("snapshot");
    }

    @Test
    void bench_does_not_overwrite_its_report_with_the_chart() {
        String file = directory.resolve("b.svg").toString();

        assertRefused(Run.of("bench", "--only=learn", "--report=" + file, "--chart=" + file), "--chart", "--report");
    }

    @Test
    void a_file_is_the_same_under_another_name() throws IOException {
        Path soft = Files.createSymbolicLink(directory.resolve("soft.csv"), test);
        Path hard = Files.createLink(directory.resolve("hard.csv"), test);
        Path folder = Files.createSymbolicLink(directory.resolve("folder"), directory);
        Path dotted = directory.resolve("folder").resolve("..").resolve(directory.getFileName());
        for (Path name : List.of(soft, hard, folder.resolve("t.csv"), directory.resolve("./t.csv"))) {
            CommandFiles files = new CommandFiles().reads("--test", test);
            assertThatThrownBy(() -> files.writes("--save", name))
                    .isInstanceOf(InputException.class)
                    .hasMessage("--save: " + name + " (expected: a file other than --test)");
        }
        CommandFiles files = new CommandFiles();
        files.writes("--save", directory.resolve("new.avro"));
        for (Path name :
                List.of(folder.resolve("new.avro"), directory.resolve("New.AVRO"), dotted.resolve("new.avro"))) {
            assertThatThrownBy(() -> files.writes("--report", name)).hasMessageEndingWith("a file other than --save)");
        }
        files.writes("--report", rows);
        assertThatThrownBy(() -> files.reads("--test", List.of(rows)))
                .hasMessage("--report: " + rows + " (expected: a file other than --test)");
    }

    @Test
    void a_file_keeps_its_contents_until_the_new_ones_are_complete() throws IOException {
        OutputFile file = output(test);
        try (Draft draft = file.open()) {
            draft.out().write("half".getBytes(UTF_8));
            assertThat(test).hasContent("x,y\n3,1\n");
        }
        assertThat(test).hasContent("x,y\n3,1\n");
        assertThat(names()).containsExactlyInAnyOrder("rows.csv", "t.csv", "spec.yaml");

        file.write("whole");

        assertThat(test).hasContent("whole");
        assertThat(names()).containsExactlyInAnyOrder("rows.csv", "t.csv", "spec.yaml");
    }

    @Test
    void a_failed_command_leaves_the_old_files_and_no_others() throws IOException {
        Path save = Files.writeString(directory.resolve("old.avro"), "old");
        Path rejects = Files.writeString(directory.resolve("rejects.csv"), "old");
        Files.writeString(rows, "x,y\n1,1\n" + "a,b\n".repeat(20) + "\"not closed");
        List<String> before = names();

        Run run = train("--save", save.toString(), "--rejects", rejects.toString());

        assertThat(run.code()).as(run.err()).isNotZero();
        assertThat(save).hasContent("old");
        assertThat(rejects).hasContent("old");
        assertThat(names()).containsExactlyInAnyOrderElementsOf(before);
    }

    @Test
    void the_new_file_is_where_a_link_leads_with_the_permissions_of_the_old_one() throws IOException {
        assumeTrue(Files.getFileStore(directory).supportsFileAttributeView("posix"));
        Files.setPosixFilePermissions(test, PosixFilePermissions.fromString("rw-r-----"));
        Path folder = Files.createDirectory(directory.resolve("links"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("..", "t.csv"));
        Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), Path.of("..", "new.csv"));

        output(link).write("new");
        output(dangling).write("new");

        assertThat(link).isSymbolicLink();
        assertThat(test).hasContent("new");
        assertThat(permissions(test)).isEqualTo("rw-r-----");
        assertThat(Files.isRegularFile(directory.resolve("new.csv"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
    }

    @Test
    void devices_and_pipes_are_written_directly_and_may_be_named_twice() throws Exception {
        Path device = Path.of("/dev/null");
        assumeTrue(Files.exists(device) && Files.exists(Path.of("/dev/fd")));
        CommandFiles files = new CommandFiles();
        files.writes("--save", device).write("nothing");
        files.writes("--report", device).write("nothing");
        assertThat(Files.isRegularFile(device)).isFalse();

        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        CompletableFuture<String> read = CompletableFuture.supplyAsync(() -> text(pipe));
        output(pipe).write("through the pipe");
        assertThat(read.get()).isEqualTo("through the pipe");
    }

    @Test
    void standard_output_that_is_a_file_stays_the_same_file() throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/stdout")));
        Path out = directory.resolve("out.txt");
        Process process = java(List.of(), WritesStandardOutput.class, Path.of("/dev/stdout"))
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(process.waitFor()).isZero();

        assertThat(Files.readString(out)).isEqualTo("directly   ");
    }

    @Test
    void a_name_that_fills_the_limit_of_the_file_system_can_be_written() throws IOException {
        Path file = directory.resolve("n".repeat(251) + ".csv");

        output(file).write("new");

        assertThat(file).hasContent("new");
        assertThatThrownBy(() -> output(directory.resolve("n".repeat(252) + ".csv")))
                .hasMessageEndingWith(": cannot be written (expected: a file in a writable folder)");
    }

    /** A file that a container mounts can be written, but not replaced. */
    @Test
    void a_mounted_file_gets_the_new_contents() throws Exception {
        Path source = Files.writeString(directory.resolve("source.csv"), "old and longer");
        Path script =
                Files.writeString(directory.resolve("mount.sh"), "mount --bind \"$1\" \"$2\" && shift 2 && \"$@\"");
        List<String> command =
                new ArrayList<>(List.of("unshare", "-rm", "sh", script.toString(), source.toString(), test.toString()));
        assumeTrue(exitCode(command, "true") == 0, "skipped: no file can be mounted");

        assertThat(run(command, WritesFile.class, test)).isEqualTo("written\n");

        assertThat(source).hasContent("new");
        assertThat(test).hasContent("x,y\n3,1\n");
        assertThat(names())
                .containsExactlyInAnyOrder("rows.csv", "t.csv", "spec.yaml", "source.csv", "mount.sh", "log");
    }

    @Test
    void contents_that_cannot_get_their_name_are_kept_and_reported() throws Exception {
        Path file = directory.resolve("taken.csv");

        String message = run(List.of(), LosesItsName.class, file);

        assertThat(message).startsWith(file + ": cannot be replaced: ").contains("; the new contents are in ");
        Path kept = Path.of(message.strip().replaceFirst(".* are in ", ""));
        assertThat(kept).hasParent(directory).hasContent("new");
    }

    @Test
    void the_end_of_the_process_deletes_incomplete_contents() throws Exception {
        assertThat(run(List.of(), LeavesDraft.class, test)).isEqualTo("left\n");

        assertThat(test).hasContent("x,y\n3,1\n");
        assertThat(names()).containsExactlyInAnyOrder("rows.csv", "t.csv", "spec.yaml", "log");
    }

    @Test
    void incomplete_contents_are_readable_by_their_owner_only() throws IOException {
        assumeTrue(Files.getFileStore(directory).supportsFileAttributeView("posix"));
        Path file = directory.resolve("new.csv");
        try (Draft draft = output(file).open()) {
            draft.out().write("half".getBytes(UTF_8));
            Path temporary = directory.resolve(names().stream()
                    .filter(name -> name.endsWith(".tmp"))
                    .findFirst()
                    .orElseThrow());
            assertThat(permissions(temporary)).isEqualTo("rw-------");
            draft.complete();
        }

        assertThat(permissions(file)).isEqualTo(permissions(rows));
        assertThat(names()).containsExactlyInAnyOrder("rows.csv", "t.csv", "spec.yaml", "new.csv");
    }

    @Test
    void standard_output_that_is_appended_to_keeps_its_contents() throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/stdout")));
        Path out = Files.writeString(directory.resolve("all.txt"), "earlier ");
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("/dev/stdout"));
        for (Path name : List.of(Path.of("/dev/stdout"), link)) {
            Process process = java(List.of(), WritesFile.class, name)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            assertThat(process.waitFor()).isZero();
        }

        assertThat(Files.readString(out)).isEqualTo("earlier newwritten\nnewwritten\n");
    }

    static final class WritesStandardOutput {
        private WritesStandardOutput() {}

        /** Standard output is still the same file if what is written to it later can be read under its name. */
        public static void main(String[] arguments) throws IOException {
            new CommandFiles().writes("--report", Path.of(arguments[0])).write("by its name");
            System.out.print("directly   ");
            System.out.flush();
        }
    }

    /** Replaces a file. */
    static final class WritesFile {
        private WritesFile() {}

        public static void main(String[] arguments) throws IOException {
            output(Path.of(arguments[0])).write("new");
            System.out.println("written");
        }
    }

    /** Writes a file whose name is taken by a folder when it is complete, and prints the message. */
    static final class LosesItsName {
        private LosesItsName() {}

        public static void main(String[] arguments) throws IOException {
            Path file = Path.of(arguments[0]);
            try (Draft draft = output(file).open()) {
                draft.out().write("new".getBytes(UTF_8));
                Files.createDirectory(file);
                draft.complete();
            } catch (IOException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    /** Ends as an interrupted command does. */
    static final class LeavesDraft {
        private LeavesDraft() {}

        public static void main(String[] arguments) throws IOException {
            Draft draft = output(Path.of(arguments[0])).open();
            draft.out().write("half".getBytes(UTF_8));
            System.out.println("left");
            System.exit(0);
        }
    }

    /** Runs a class in its own process; returns what it prints. */
    private String run(List<String> prefix, Class<?> main, Path file) throws Exception {
        Path log = directory.resolve("log");
        Process process = java(prefix, main, file)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(process.waitFor()).as(Files.readString(log)).isZero();
        return Files.readString(log);
    }

    private static ProcessBuilder java(List<String> prefix, Class<?> main, Path file) {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName(), file.toString()));
        return new ProcessBuilder(command);
    }

    private static int exitCode(List<String> prefix, String program) throws InterruptedException {
        List<String> command = new ArrayList<>(prefix);
        command.add(program);
        try {
            return new ProcessBuilder(command).start().waitFor();
        } catch (IOException e) {
            return -1;
        }
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static String text(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static OutputFile output(Path path) throws IOException {
        return new CommandFiles().writes("--save", path);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .toList();
        }
    }

    private Run train(String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("train", "--spec=" + spec, "--input=" + rows, "--output=json"));
        arguments.addAll(List.of(more));
        return Run.of(arguments.toArray(String[]::new));
    }

    private static void assertRefused(Run run, String option, String other) {
        assertThat(run.err().strip())
                .matches("freshet: " + option + ": \\S+ \\(expected: a file other than " + other + "\\)");
        assertThat(run.code()).isEqualTo(2);
    }
}

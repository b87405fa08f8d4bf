package io.freshet.cli.input;

import static io.freshet.cli.input.OutputProcess.output;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Would catch an output that replaces what is no regular file: a device, a pipe, the standard output, or a mounted file. */
@Timeout(60)
class SpecialOutputIT {
    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(directory.resolve("t.csv"), "x,y\n3,1\n");
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
        Process process = OutputProcess.of(List.of(), WritesStandardOutput.class, Path.of("/dev/stdout"))
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(process.waitFor()).isZero();

        assertThat(Files.readString(out)).isEqualTo("directly   ");
    }

    @Test
    void standard_output_that_is_appended_to_keeps_its_contents() throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/stdout")));
        Path out = Files.writeString(directory.resolve("all.txt"), "earlier ");
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("/dev/stdout"));
        for (Path name : List.of(Path.of("/dev/stdout"), link)) {
            Process process = OutputProcess.of(List.of(), WritesFile.class, name)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            assertThat(process.waitFor()).isZero();
        }

        assertThat(Files.readString(out)).isEqualTo("earlier newwritten\nnewwritten\n");
    }

    /** A file that a container mounts can be written, but not replaced. */
    @Test
    void a_mounted_file_gets_the_new_contents() throws Exception {
        Path source = Files.writeString(directory.resolve("source.csv"), "old and longer");
        Path script =
                Files.writeString(directory.resolve("mount.sh"), "mount --bind \"$1\" \"$2\" && shift 2 && \"$@\"");
        List<String> command =
                new ArrayList<>(List.of("unshare", "-rm", "sh", script.toString(), source.toString(), file.toString()));
        assumeTrue(OutputProcess.succeeds(command, "true"), "skipped: no file can be mounted");

        assertThat(OutputProcess.run(command, WritesFile.class, file)).isEqualTo("written\n");

        assertThat(source).hasContent("new");
        assertThat(file).hasContent("x,y\n3,1\n");
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("t.csv", "source.csv", "mount.sh", "log");
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

    private static String text(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}

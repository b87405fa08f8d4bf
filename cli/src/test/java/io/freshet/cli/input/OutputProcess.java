package io.freshet.cli.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process that writes one output. */
final class OutputProcess {
    private OutputProcess() {}

    /** Returns an output, as a command without other files has it. */
    static OutputFile output(Path path) throws IOException {
        return new CommandFiles().writes("--save", path);
    }

    /** Runs a class in its own process, with a log next to its file; returns what it prints. */
    static String run(List<String> prefix, Class<?> main, Path file) throws Exception {
        Path log = file.resolveSibling("log");
        Process process = of(prefix, main, file)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(process.waitFor()).as(Files.readString(log)).isZero();
        return Files.readString(log);
    }

    /**
     * Returns a process that runs a class.
     *
     * @param prefix of the command
     */
    static ProcessBuilder of(List<String> prefix, Class<?> main, Path file) {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName(), file.toString()));
        return new ProcessBuilder(command);
    }

    /** Returns whether a program can be run with a prefix. */
    static boolean succeeds(List<String> prefix, String program) throws InterruptedException {
        List<String> command = new ArrayList<>(prefix);
        command.add(program);
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}

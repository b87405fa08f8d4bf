package io.freshet.cli.dev;

import io.freshet.cli.console.CommandException;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Finds the {@code flink} command and the jar of the job. */
record FlinkInstallation(Map<String, String> environment, Path home) {
    private static final String JARS = "freshet-job-*-job.jar";

    /** Returns {@code $FLINK_HOME/bin/flink}, or plain {@code flink} if FLINK_HOME is not set. Need not exist. */
    String printedCommand() {
        return flinkHome().isEmpty() ? "flink" : flinkHomeCommand().toString();
    }

    private String flinkHome() {
        return environment.getOrDefault("FLINK_HOME", "");
    }

    private Path flinkHomeCommand() {
        return Path.of(flinkHome(), "bin", "flink");
    }

    /**
     * Returns the executable {@code $FLINK_HOME/bin/flink}, or {@code flink} on the PATH if FLINK_HOME is not set.
     *
     * @throws CommandException if there is no such executable
     */
    Path command() throws CommandException {
        if (!flinkHome().isEmpty()) {
            Path command = flinkHomeCommand();
            if (!Files.isExecutable(command)) {
                throw new CommandException("FLINK_HOME: " + flinkHome() + " (expected: Flink 2.2, with bin/flink)");
            }
            return command;
        }
        for (String directory : environment.getOrDefault("PATH", "").split(File.pathSeparator)) {
            Path command = Path.of(directory, "flink");
            if (Files.isExecutable(command) && Files.isRegularFile(command)) {
                return command;
            }
        }
        throw new CommandException("flink: not on the PATH (expected: Flink 2.2 in $FLINK_HOME or on the PATH; freshet"
                + " dev --spec <file> needs none)");
    }

    /**
     * Returns the job's jar, of a release or else of a build; the pattern of its path if there is none.
     *
     * @throws CommandException if several jars match
     */
    String jar() throws CommandException {
        Path build = home.resolve("job").resolve("target");
        for (Path directory : List.of(home.resolve("job"), build)) {
            List<Path> jars = jars(directory);
            if (jars.size() > 1) {
                throw new CommandException(directory + ": "
                        + jars.stream()
                                .map(jar -> String.valueOf(jar.getFileName()))
                                .collect(Collectors.joining(", "))
                        + " (expected: one " + JARS + "; mvn clean removes the others)");
            }
            if (!jars.isEmpty()) {
                return jars.get(0).toString();
            }
        }
        return build.resolve(JARS).toString();
    }

    private static List<Path> jars(Path directory) {
        List<Path> jars = new ArrayList<>();
        try (DirectoryStream<Path> matching = Files.newDirectoryStream(directory, JARS)) {
            matching.forEach(jars::add);
        } catch (IOException e) {
            // Not built: the directory does not exist.
        }
        Collections.sort(jars);
        return jars;
    }

    /** @throws CommandException if the jar is not built, or several match */
    String builtJar() throws CommandException {
        String jar = jar();
        if (!Files.isRegularFile(Path.of(jar))) {
            throw new CommandException(jar + ": does not exist (expected: mvn -DskipTests package)");
        }
        return jar;
    }
}

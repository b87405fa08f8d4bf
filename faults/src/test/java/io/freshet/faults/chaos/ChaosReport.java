package io.freshet.faults.chaos;

import io.freshet.faults.oracle.OracleComparison;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Prints the faults and results of each round; {@link #close} writes them to a file as a table. */
final class ChaosReport implements AutoCloseable {
    private final Path directory;
    private final List<String> rows = new ArrayList<>();
    private long startedAt;

    ChaosReport(long seed, String backend, Path directory) {
        this.directory = directory;
        String title = "Seed " + seed + ", state backend " + backend + ".";
        System.out.println(title);
        rows.add(title);
        rows.add("");
        rows.add(
                "| round | faults | samples | snapshots compared, eager + committed | repeated, eager | aborted, committed |"
                        + " closed early | incomplete messages | dead letters | differ | s | exited unexpectedly |");
        rows.add("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: | --- |");
    }

    void begin() {
        startedAt = System.nanoTime();
    }

    /**
     * @param sent samples since the first round
     * @param comparison results since the first round
     * @param exited processes that exited in this round without a kill
     */
    void end(int round, List<String> faults, long sent, OracleComparison comparison, List<String> exited) {
        long seconds = Duration.ofNanos(System.nanoTime() - startedAt).toSeconds();
        String differ =
                comparison.eager().differences() + comparison.committed().differences();
        String row = "| %d | %s | %d | %d + %d | %d | %d | %d | %d | %d | %s | %d | %s |"
                .formatted(
                        round,
                        String.join(", ", faults),
                        sent,
                        comparison.eager().snapshots(),
                        comparison.committed().snapshots(),
                        comparison.eager().repeated(),
                        comparison.aborted(),
                        comparison.closedEarly(),
                        comparison.incompleteMessages(),
                        comparison.deadLetters(),
                        differ.isEmpty() ? "none" : differ,
                        seconds,
                        exited.isEmpty() ? "none" : String.join(", ", exited));
        rows.add(row);
        System.out.println(row);
    }

    @Override
    public void close() throws IOException {
        Files.createDirectories(directory);
        Files.write(directory.resolve("rounds.md"), rows);
    }
}

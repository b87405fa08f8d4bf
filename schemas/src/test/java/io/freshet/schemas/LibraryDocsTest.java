package io.freshet.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.predict.Snapshot;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Catches a docs/library.md whose code does not compile, or does not do what the text says: {@link LibraryExample} contains its code. */
class LibraryDocsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final int LEARNED = 90_000;

    @TempDir
    private Path directory;

    @Test
    void the_example_contains_the_code_of_the_document() throws IOException {
        String example = unindented(Files.readString(Path.of("src/test/java/io/freshet/schemas/LibraryExample.java")));
        List<String> blocks = blocks("java");
        assertThat(blocks).hasSizeGreaterThan(6);
        assertThat(blocks).allSatisfy(block -> assertThat(example).contains(block));
    }

    @Test
    void the_document_names_the_current_artifacts() throws IOException {
        String parent = unindented(Files.readString(ROOT.resolve("pom.xml")));
        String version = parent.split("<version>|</version>")[1];
        assertThat(blocks("xml"))
                .singleElement()
                .satisfies(dependencies -> assertThat(dependencies)
                        .contains("<groupId>io.freshet</groupId>", "freshet-learning", "freshet-schemas")
                        .contains("<version>" + version + "</version>"));
    }

    @Test
    void the_example_learns_restores_predicts_and_publishes() throws Exception {
        List<String> lines = flights();
        List<String> later = lines.subList(LEARNED, lines.size());
        LibraryExample example = new LibraryExample();
        String printed = printed(() -> {
            for (int i = 0; i < LEARNED; i++) {
                example.learn(lines.get(i), i);
            }
            example.finish();
        });
        assertThat(printed.lines()).hasSize(LEARNED / 1000 + 1);
        assertThat(blocks("text"))
                .contains(unindented(
                        printed.lines().skip(LEARNED / 1000).findFirst().orElseThrow()));

        Path saved = directory.resolve("delays.state");
        example.save(saved);
        LibraryExample restored = new LibraryExample();
        restored.restore(saved);
        Snapshot snapshot = example.snapshot();
        printed(() -> later.forEach(line -> {
            example.learn(line, 0);
            restored.learn(line, 0);
        }));
        assertThat(restored.state().weights()).isEqualTo(example.state().weights());
        assertThat(snapshot.version()).isEqualTo(LEARNED);

        Path file = directory.resolve("delays.snapshot");
        LibraryExample.publish(snapshot, file);
        Snapshot read = LibraryExample.open(file);
        float predicted = example.predict(snapshot, later.get(0));
        assertThat(new LibraryExample().predict(read, later.get(0)))
                .isEqualTo(predicted)
                .isBetween(0f, 1f);
        Metrics metrics = example.score(read, later);
        assertThat(metrics.samples()).isEqualTo(later.size());
        assertThat(metrics).isEqualTo(example.score(snapshot, later));
        assertThat(example.weights(read, later.get(0))).hasSize(3).doesNotContainValue(0f);
    }

    private interface Printing {
        void run() throws Exception;
    }

    private static String printed(Printing code) throws Exception {
        PrintStream out = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            code.run();
        } finally {
            System.setOut(out);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static List<String> flights() throws IOException {
        Path file = ROOT.resolve("examples/flights.csv.gz");
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            return reader.lines().skip(1).toList();
        }
    }

    private static List<String> blocks(String language) throws IOException {
        String document = Files.readString(ROOT.resolve("docs/library.md"));
        return Pattern.compile("(?s)```" + language + "\n(.*?)```")
                .matcher(document)
                .results()
                .map(MatchResult::group)
                .map(block -> unindented(block.substring(block.indexOf('\n') + 1, block.length() - 3)))
                .toList();
    }

    private static String unindented(String text) {
        return text.replaceAll("(?m)^[ \t]+", "").strip();
    }
}

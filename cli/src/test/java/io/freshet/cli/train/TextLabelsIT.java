package io.freshet.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Catches a class that is learned under another number than that of its name. */
@Timeout(180)
class TextLabelsIT {
    private static final List<String> NAMES = List.of("bear", "lynx", "wolf");
    private static final String ANIMALS = """
            name: animals
            label: y
            features: {numeric: [x]}
            loss: sparse-categorical-cross-entropy
            """;

    @TempDir
    Path directory;

    @Test
    void names_are_learned_like_their_numbers_in_sorted_order() throws Exception {
        List<String> named = new ArrayList<>(List.of("x;y"));
        List<String> numbered = new ArrayList<>(List.of("x;y"));
        for (int i = 0; i < 200; i++) {
            int number = i * 7 % 5 % 3;
            named.add(number + i % 7 * 0.1 + ";" + NAMES.get(number));
            numbered.add(number + i % 7 * 0.1 + ";" + number);
        }
        Path test = write("test.csv", List.of("x;y", "0;bear", "1;linx"));
        Run byName = train(ANIMALS, write("named.csv", named), "--test=" + test);
        Run byNumber = train(ANIMALS + "outputs: 3\n", write("numbered.csv", numbered));

        assertThat(byName.code()).as(byName.err()).isZero();
        assertThat(byName.err()).contains("named.csv: labels bear, lynx, wolf (learned)");
        JsonNode report = new ObjectMapper().readTree(byName.out());
        assertThat(report.get("labels")).hasToString("[\"bear\",\"lynx\",\"wolf\"]");
        assertThat(report.get("parametersSha256"))
                .isEqualTo(new ObjectMapper().readTree(byNumber.out()).get("parametersSha256"));
        assertThat(report.get("test").get("samples").asInt()).isEqualTo(1);
        assertThat(report.get("test").get("firstReason").asText())
                .isEqualTo("row 2: y: linx (expected: one of bear, lynx, wolf; did you mean lynx?)");
    }

    private Run train(String yaml, Path input, String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "train",
                "--spec=" + Files.writeString(directory.resolve("animals.yaml"), yaml),
                "--input=" + input,
                "--output=json"));
        arguments.addAll(List.of(options));
        return Run.of(arguments.toArray(String[]::new));
    }

    private Path write(String name, List<String> lines) throws Exception {
        return Files.write(directory.resolve(name), lines);
    }
}

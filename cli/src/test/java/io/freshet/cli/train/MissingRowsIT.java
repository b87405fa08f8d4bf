package io.freshet.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Would catch an empty cell, or one with NA, that is learned differently than null or an absent field. */
@Timeout(180)
class MissingRowsIT {
    private static final String SPEC =
            "{name: gaps, label: y, features: {numeric: [a, b], categorical: [c], MORE}, loss: mean-squared-error}";

    private static final List<String> WORDS = List.of("", "NA", "NaN", "null", "None", "?", "-");

    @TempDir
    Path directory;

    @Test
    void empty_cells_null_and_absent_fields_give_the_same_model() throws Exception {
        SplittableRandom random = new SplittableRandom(20261204);
        StringBuilder csv = new StringBuilder("y,a,b,c\n");
        StringBuilder json = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            String a = random.nextInt(3) == 0 ? WORDS.get(i % WORDS.size()) : Integer.toString(random.nextInt(100));
            String b = random.nextInt(9) == 0 ? "" : Integer.toString(random.nextInt(100));
            String c = random.nextInt(3) == 0 ? "" : "c" + random.nextInt(4);
            csv.append("%d,%s,%s,%s\n".formatted(i % 7, a, b, c));
            json.append("{\"y\": %d, \"a\": %s%s%s}\n"
                    .formatted(
                            i % 7,
                            !WORDS.contains(a) ? a : i % 2 == 0 ? "null" : "\"" + a + "\"",
                            b.isEmpty() ? "" : ", \"b\": " + b,
                            c.isEmpty() ? "" : ", \"c\": \"" + c + "\""));
        }
        String spec = SPEC.replace("MORE", "missing: {default: mean, fields: {a: indicator}}");
        Run fromCsv = train(spec, "rows.csv", csv.toString());
        Run fromJson = train(spec, "rows.jsonl", json.toString());

        assertThat(fromCsv.err()).doesNotContain("rejected");
        assertThat(fromCsv.out()).contains("learned 300 samples").contains("parametersSha256");
        assertThat(lastLine(fromJson)).isEqualTo(lastLine(fromCsv));
    }

    @Test
    void rejected_rows_suggest_the_option() throws Exception {
        String csv = "y,a,b,c\n" + "1,1,1,x\n".repeat(20) + "1,,1,x\n1,1,,x\n1,,1,x\n";
        Run run = train(SPEC.replace(", MORE", ""), "rows.csv", csv);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err().lines())
                .contains(
                        "  2 rows, first row 21: a: missing (expected: a number)",
                        "  to learn rows without a, b, set features.missing to mean, indicator, or zero");
        String words = "y,a,b,c\n" + "1,1,1,x\n".repeat(20) + "1,NA,1,x\n1,NA,1,x\n1,1,two,x\n1,1,2030-01-31,x\n";
        assertThat(train(SPEC.replace(", MORE", ""), "words.csv", words).err().lines())
                .contains(
                        "  2 rows, first row 21: a: NA (expected: a number; if NA means missing, set features.missing to"
                                + " mean, indicator, or zero)",
                        "  1 row, first row 23: b: two (expected: a number)",
                        "  1 row, first row 24: b: 2030-01-31 (expected: a number; a date or time is a feature in"
                                + " features.time)");
        Run none = train(SPEC.replace(", MORE", ""), "none.csv", "y,a,b,c\n1,,1,x\n");
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err())
                .contains("a: missing (expected: a number); to learn rows without a, set features.missing");
    }

    private Run train(String spec, String name, String rows) throws Exception {
        Path yaml = Files.writeString(directory.resolve("spec.yaml"), spec);
        Path input = Files.writeString(directory.resolve(name), rows);
        return Run.of("train", "--spec", yaml.toString(), "--input", input.toString());
    }

    private static String lastLine(Run run) {
        return run.out().strip().lines().reduce((first, second) -> second).orElse("");
    }
}

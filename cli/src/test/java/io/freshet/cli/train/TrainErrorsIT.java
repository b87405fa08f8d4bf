package io.freshet.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.cli.Run;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Would catch invalid rows or files that stop a run too late, or without a reason, and a file that a failed run has changed or
 * left.
 */
class TrainErrorsIT extends TrainRun {
    @Test
    void counts_invalid_rows_and_continues() throws Exception {
        List<String> rows = new ArrayList<>(rows(1000));
        rows.add(11, "1.5,two,north,1");
        rows.add(21, "1.5,2,north,7");
        rows.add(31, "1.5,2,north");
        Path spec = Files.writeString(directory.resolve("shops.yaml"), SPEC);
        Path input = Files.writeString(directory.resolve("shops.csv"), String.join("\n", rows));
        Path saved = directory.resolve("shops.snapshot");
        Run run = Run.of(
                "train",
                "--spec",
                spec.toString(),
                "--input",
                input.toString(),
                "--save",
                saved.toString(),
                "--output",
                "json");
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode report = JSON.readTree(run.out());
        assertThat(report.get("samples").asLong()).isEqualTo(1000);
        assertThat(report.get("rejected").asLong()).isEqualTo(3);
        assertThat(report.get("parametersSha256").asText()).isEqualTo(oracle(1000));
        assertThat(run.err())
                .contains("freshet: 3 of 1,003 rows rejected (0.3%)")
                .contains("  1 row, first row 11: day of week: two (expected: a number)")
                .contains(
                        "  1 row, first row 21: Sold out: 7.0 (expected: in [0, 1]; for more classes, set loss: sparse-categorical-cross-entropy and outputs: N)")
                .contains("  1 row, first row 31: fields: 3 (expected: 4, as in the header)");
        assertThat(report.get("rejections")).hasSize(3);
        List<PublishedSnapshot> snapshots = SnapshotFile.read(saved);
        assertThat(snapshots).hasSize(1);
        assertThat(snapshots.get(0).snapshot().version()).isEqualTo(1000);
        assertThat(snapshots.get(0).snapshot().spec()).isEqualTo(ModelSpec.parse(SPEC));
    }

    @Test
    void rejects_an_unusable_file_before_anything_starts() throws Exception {
        Path spec = Files.writeString(directory.resolve("shops.yaml"), SPEC);
        assertThat(errorOf(spec, directory.resolve("no.csv"))).contains("no.csv: no such file");
        assertThat(errorOf(spec, Files.writeString(directory.resolve("empty.csv"), "")))
                .contains("empty.csv: empty");
        assertThat(errorOf(spec, Files.writeString(directory.resolve("other.csv"), "price.net,Shop\n1,a\n")))
                .contains("no column day of week");
        Path typo = Files.writeString(directory.resolve("typo.yaml"), SPEC.replace("optimizer", "optimiser"));
        assertThat(errorOf(typo, directory.resolve("no.csv")))
                .contains("optimiser: unknown field (expected: optimizer?)");
    }

    @Test
    void fails_with_a_reason_if_all_rows_are_invalid() throws Exception {
        Path spec = Files.writeString(directory.resolve("shops.yaml"), SPEC);
        Path input = Files.writeString(directory.resolve("bad.csv"), "price.net,day of week,Shop,Sold out\nx,1,a,0\n");
        Run run = Run.of("train", "--spec", spec.toString(), "--input", input.toString());
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("no row can be learned; row 1: price.net: x (expected: a number)");
    }

    @Test
    void a_failed_run_leaves_the_old_files_and_no_others() throws Exception {
        Path spec = Files.writeString(directory.resolve("shops.yaml"), SPEC);
        List<String> rows = new ArrayList<>(rows(1));
        rows.addAll(Collections.nCopies(20, "a,b"));
        rows.add("\"not closed");
        Path input = Files.writeString(directory.resolve("shops.csv"), String.join("\n", rows));
        Path save = Files.writeString(directory.resolve("old.avro"), "old");
        Path rejects = Files.writeString(directory.resolve("rejects.csv"), "old");
        String[] before = directory.toFile().list();

        Run run = run(spec, input, "--save", save.toString(), "--rejects", rejects.toString());

        assertThat(run.code()).as(run.err()).isNotZero();
        assertThat(save).hasContent("old");
        assertThat(rejects).hasContent("old");
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder(before);
    }

    private static String errorOf(Path spec, Path input) {
        Run run = Run.of("train", "--spec", spec.toString(), "--input", input.toString());
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err().lines()).hasSize(1);
        return run.err();
    }
}

package io.freshet.cli.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.cli.input.InputException;
import io.freshet.cli.input.RowFiles;
import io.freshet.learning.spec.ModelSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Catches a later epoch whose samples depend on whether they were kept in memory, or that rejects a row again. */
class FileFeedTest {
    private static final ModelSpec SPEC = ModelSpec.parse(
            "{name: m, label: y, features: {numeric: [x]}, loss: mean-squared-error, epochs: 70, holdout: 0.2}");

    @TempDir
    Path directory;

    @Test
    void passes_the_same_samples_from_memory_and_from_the_file() throws Exception {
        Path file = directory.resolve("rows.csv");
        Files.write(file, List.of("x,y", "1,2", "3,none", "5,6", "7,8"));
        FileFeed feed = feed(file, SPEC);
        EpochPlan plan = EpochPlan.of(List.of(SPEC));
        ReceivedSamples read = new ReceivedSamples();
        feed.read(read, plan, 100);
        ReceivedSamples kept = new ReceivedSamples(() -> Files.delete(file));
        feed.read(kept, plan, 1 << 20);

        FileFeed.Summary summary = read.summary();
        assertThat(kept.summary().heldOut()).isEqualTo(summary.heldOut());
        assertThat(kept.samples()).hasSize(3 * 70).isEqualTo(read.samples());
        assertThat(kept.samples().subList(0, 3))
                .doesNotContainAnyElementsOf(kept.samples().subList(3, 3 * 70));
        assertThat(kept.rejected()).isEqualTo(read.rejected()).containsExactly(2L);
        assertThat(summary.rows().valid()).isEqualTo(3);
        assertThat(summary.rows().row(3 * 69 + 1)).isEqualTo(3);
    }

    /** One sample to each partition in turn, in the order in which they are passed. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void deals_the_samples_to_the_replicas(boolean shuffle) throws Exception {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: {numeric: [x]}, loss: mean-squared-error,"
                + " optimizer: {type: sgd}, shuffle: " + shuffle + ", replicas: {count: 2, period: 10}}");
        Path file = directory.resolve("rows.csv");
        Files.write(file, List.of("x,y", "1,2", "5,6", "7,8", "9,1", "2,3"));
        ReceivedSamples received = new ReceivedSamples();
        feed(file, spec).read(received, EpochPlan.of(List.of(spec)));
        assertThat(received.samples())
                .extracting(sample -> sample.replaceFirst(".*partition=(.), offset=(.),.*", "$1@$2"))
                .containsExactly("0@0", "1@0", "0@1", "1@1", "0@2");
    }

    /** Would catch rows of other models that take places, so that all rows of this one go to one replica. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void deals_only_the_rows_that_are_selected(boolean shuffle) throws Exception {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: {numeric: [x]}, loss: mean-squared-error,"
                + " optimizer: {type: sgd}, when: {field: t, equals: a}, shuffle: " + shuffle
                + ", replicas: {count: 2, period: 10}}");
        Path file = directory.resolve("rows.csv");
        Files.write(file, List.of("t,x,y", "a,1,2", "b,5,6", "a,7,8", "b,9,1", "a,2,3", "b,1,1"));
        ReceivedSamples received = new ReceivedSamples();
        feed(file, spec).read(received, EpochPlan.of(List.of(spec)));
        assertThat(received.samples())
                .extracting(sample -> sample.replaceFirst(".*partition=(.), offset=(.),.*", "$1@$2"))
                .containsExactly("0@0", "1@0", "0@1");
        FileFeed.Summary summary = received.summary();
        assertThat(summary.learnable(0, 1)).isEqualTo(3);
        assertThat(summary.rows().total()).isEqualTo(6);
        assertThat(List.of(
                        summary.rows().row(0),
                        summary.rows().row(1),
                        summary.rows().row(2)))
                .containsExactlyInAnyOrder(1L, 3L, 5L);
    }

    @Test
    void counts_the_rows_that_each_model_skips_and_rejects_none_for_a_model_that_skips_it() throws Exception {
        Path file = directory.resolve("mixed.csv");
        Files.write(file, List.of("type,x,y,z", "a,1,2,", "b,none,,3", "c,none,none,none", "a,bad,2,", "b,1,1,none"));
        ModelSpec first = ModelSpec.parse(
                "{name: a, label: y, features: {numeric: [x]}, loss: mean-squared-error, when: {field: type, equals: a}}");
        ModelSpec second = ModelSpec.parse("{name: b, label: z, features: {categorical: [x]}, loss: mean-squared-error,"
                + " when: {field: type, equals: b}}");
        ReceivedSamples received = new ReceivedSamples();
        RowFiles files = RowFiles.of(List.of(file), null, null, "--input");
        new FileFeed(files, List.of(first, second)).read(received, new EpochPlan(1, false, false, 0), 0);
        FileFeed.Summary sent = received.summary();
        assertThat(received.rejected()).containsExactly(4L, 5L);
        assertThat(sent.rows().valid()).isEqualTo(3);
        assertThat(sent.skipped()).containsExactly(2L, 2L);
        assertThat(sent.learnable(0, 1)).isEqualTo(1);
        assertThat(sent.learnable(1, 1)).isEqualTo(1);
    }

    @Test
    void every_model_must_find_a_row_that_it_selects_and_can_learn() throws Exception {
        Path file = directory.resolve("mixed.csv");
        Files.write(file, List.of("type,x,y", "a,1,2", "b,none,2"));
        RowFiles files = RowFiles.of(List.of(file), null, null, "--input");
        String model =
                "{name: %1$s, label: y, features: {numeric: [x]}, loss: huber, when: {field: type, equals: %1$s}}";
        ModelSpec a = ModelSpec.parse(model.formatted("a"));
        ModelSpec b = ModelSpec.parse(model.formatted("b"));
        ModelSpec c = ModelSpec.parse(model.formatted("c"));
        FirstRows.check(files, List.of(a));
        assertThatThrownBy(() -> FirstRows.check(files, List.of(a, b)))
                .hasMessage(
                        file + ": no row can be learned; row 2: x: none (expected: a number; if none means missing, set"
                                + " features.missing to mean, indicator, or zero)");
        assertThatThrownBy(() -> FirstRows.check(files, List.of(c)))
                .hasMessage(file + ": no row can be learned; no row is selected by when of model c");
    }

    /** Would catch a check that reads all of a large file, and one that fails where the rows of a model come late. */
    @Test
    void the_first_rows_are_checked_and_no_others() throws Exception {
        String model = "{name: m, label: y, features: {numeric: [x]}, loss: huber, when: {field: type, equals: a}}";
        ModelSpec spec = ModelSpec.parse(model);
        Path late = directory.resolve("late.csv");
        Files.write(late, List.of("type,x,y\n" + "b,1,2\n".repeat(100_000) + "a,none,2"));
        FirstRows.check(RowFiles.of(List.of(late), null, null, "--input"), List.of(spec));
        Path invalid = directory.resolve("invalid.csv");
        Files.write(invalid, List.of("type,x,y\n" + "a,1\n".repeat(100_000) + "a,1,2"));
        assertThatThrownBy(() -> FirstRows.check(RowFiles.of(List.of(invalid), null, null, "--input"), List.of(spec)))
                .hasMessage(invalid
                        + ": none of the first 100,000 rows can be learned; row 1: fields: 2 (expected: 3, as in"
                        + " the header)");
    }

    private static FileFeed feed(Path file, ModelSpec spec) throws InputException {
        return new FileFeed(RowFiles.of(List.of(file), null, null, "--input"), List.of(spec));
    }
}

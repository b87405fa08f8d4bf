package io.freshet.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.Run;
import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.snapshot.SnapshotFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches a change that takes effect at another sample after a recovery. The command changes models while samples stream in
 * and the job fails. The final models must equal those of a plain loop over the same samples that switches to each
 * specification at the sample recorded in the lineage.
 */
@Timeout(300)
class ControlIT {
    private static final String WHOLE = """
            {name: whole, label: y, weight: w, features: {numeric: [a, b], categorical: [c], cross: [[c, d]], hashBits: 8},
             loss: binary-cross-entropy, optimizer: {type: ftrl, learningRate: 0.1}, regularization: {l1: 0.01, l2: 0.001},
             publish: {everySamples: 500, everyMillis: 50, minimumMillis: 0}, evaluation: {window: 100}}
            """;
    private static final String FEWER_WHOLE =
            WHOLE.replace("numeric: [a, b], categorical: [c], cross: [[c, d]]", "numeric: [b], categorical: [c]");
    private static final String KEYED = """
            {name: keyed, label: t, key: c, features: {numeric: [a, b], categorical: [d], hashBits: 6},
             loss: mean-squared-error, optimizer: {type: adam, learningRate: 0.01},
             publish: {everySamples: 500, everyMillis: 50, minimumMillis: 0}}
            """;
    private static final int KEYS = 5;
    /** Samples to learn between two changes. */
    private static final long SAMPLES_BETWEEN_CHANGES = 300;

    @AutoClose
    private static EmbeddedKafka kafka;

    @TempDir
    Path directory;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.startTemporary();
    }

    @Test
    void models_changed_during_failures_equal_a_plain_loop() throws Exception {
        try (ControlRun run = ControlRun.start(kafka, "changed", directory, WHOLE, KEYED)) {
            ControlView view = run.view();
            view.until("samples are learned", () -> view.version("whole/") > 2 * SAMPLES_BETWEEN_CHANGES);
            Path saved = directory.resolve("saved.snapshot");
            SnapshotFile.write(saved, List.of(view.snapshots().get("whole/")));

            FaultyReader.reset(2);
            String slowWhole = WHOLE.replace("learningRate: 0.1", "learningRate: 0.02");
            String slowKeyed = KEYED.replace("learningRate: 0.01", "learningRate: 0.002");
            assertThat(run.apply(slowWhole, slowKeyed).out())
                    .contains("model whole: optimizer.learningRate: 0.1 -> 0.02")
                    .contains("model keyed: optimizer.learningRate: 0.01 -> 0.002");
            view.until(
                    "the learning rate has changed",
                    () -> FaultyReader.failures() == 2
                            && view.hasChanged("whole", 1, 2)
                            && view.hasChanged("keyed", KEYS, 2));

            assertRejectsAnotherShape(run, slowWhole);
            assertFreezes(run, slowWhole);

            FaultyReader.reset(2);
            assertThat(run.apply(slowWhole, List.of("--from", saved.toString())).out())
                    .contains(": warmStart: none -> ");
            assertThat(run.apply(slowKeyed, List.of("--from", "keyed")).out()).contains(": warmStart: none -> ");
            view.until(
                    "both have switched to the warm start",
                    () -> FaultyReader.failures() == 2
                            && view.hasChanged("whole", 1, 5)
                            && view.hasChanged("keyed", KEYS, 3));

            assertEqualsPlainLoop(run);
            assertThat(run.done("replay", "whole").out()).contains("identical: ");
            assertThat(run.done("replay", "keyed", "--key", "c1").out()).contains("identical: ");
        }
    }

    @Test
    void features_added_and_removed_during_failures_equal_a_plain_loop() throws Exception {
        try (ControlRun run = ControlRun.start(kafka, "features", directory, FEWER_WHOLE, KEYED)) {
            ControlView view = run.view();
            view.until(
                    "samples are learned",
                    () -> view.version("whole/") > 2 * SAMPLES_BETWEEN_CHANGES && view.hasChanged("keyed", KEYS, 1));

            FaultyReader.reset(2);
            String fewerKeyed = KEYED.replace("[a, b], categorical: [d]", "[b], categorical: [d]");
            assertThat(run.apply(WHOLE, fewerKeyed).out())
                    .contains("model whole: features.")
                    .doesNotContain("scratch");
            view.until(
                    "the features have changed",
                    () -> FaultyReader.failures() == 2
                            && view.hasChanged("whole", 1, 2)
                            && view.hasChanged("keyed", KEYS, 2));
            FaultyReader.reset(1);
            run.apply(KEYED);
            view.until(
                    "the change is rolled back",
                    () -> FaultyReader.failures() == 1 && view.hasChanged("keyed", KEYS, 3));

            assertEqualsPlainLoop(run);
            assertThat(run.done("replay", "whole").out()).contains("identical: ");
            assertThat(run.done("replay", "keyed", "--key", "c1").out()).contains("identical: ");
            assertThat(run.done("history", "whole").out()).doesNotContain("INCARNATION");
        }
    }

    /** Asserts that the command rejects a change of shape; then writes it directly, and the old specification again. */
    private static void assertRejectsAnotherShape(ControlRun run, String yaml) throws Exception {
        String narrower = yaml.replace("hashBits: 8", "hashBits: 7");
        Run rejected = run.run("apply", "-f", run.file(narrower));
        assertThat(rejected.code()).isEqualTo(2);
        assertThat(rejected.err()).contains("features.hashBits: 7, was 8");
        run.write(ModelSpec.parse(narrower), ModelSpec.parse(yaml));
    }

    /** Asserts that a frozen model does not learn, even after a failure, and learns again once unfrozen. */
    private static void assertFreezes(ControlRun run, String yaml) throws Exception {
        ControlView view = run.view();
        run.apply(yaml.replace("loss:", "frozen: true, loss:"));
        view.until(
                "samples are scored and not learned",
                () -> view.scored("whole/") > view.learned("whole/") + SAMPLES_BETWEEN_CHANGES);
        long version = view.learned("whole/");
        view.until("the last version learned is published", () -> view.version("whole/") == version);

        long scored = view.scored("whole/");
        FaultyReader.reset(1);
        view.until(
                "the job has failed and samples are scored",
                () -> FaultyReader.failures() == 1 && view.scored("whole/") > scored + 2 * SAMPLES_BETWEEN_CHANGES);
        assertThat(view.learned("whole/")).isEqualTo(version);
        assertThat(view.version("whole/")).isEqualTo(version);

        run.apply(yaml);
        view.until("the model is no longer frozen", () -> view.version("whole/") > version + SAMPLES_BETWEEN_CHANGES);
        List<Lineage.Change> changes = view.lineage("whole/").changes();
        assertThat(changes).hasSize(4).extracting(Lineage.Change::samples).endsWith(version, version);
        assertThat(changes.get(3).position() - changes.get(2).position()).isGreaterThan(2 * SAMPLES_BETWEEN_CHANGES);
    }

    @Test
    void a_model_reset_to_another_shape_learns_from_that_sample_on() throws Exception {
        String wider = KEYED.replace("hashBits: 6", "hashBits: 7");
        String narrower = KEYED.replace("hashBits: 6", "hashBits: 5");
        try (ControlRun run = ControlRun.start(kafka, "reset", directory, WHOLE, KEYED)) {
            ControlView view = run.view();
            view.until(
                    "samples are learned",
                    () -> view.version("whole/") > 2 * SAMPLES_BETWEEN_CHANGES && view.hasChanged("keyed", KEYS, 1));

            FaultyReader.reset(1);
            assertThat(run.apply(wider, List.of("--reset")).out()).contains("model keyed: starts from scratch");
            view.until("it is reset to the wider shape", () -> FaultyReader.failures() == 1 && hasShape(view, 7));
            assertThat(view.lineage("keyed/c1").firstOffsets()[0]).isGreaterThan(SAMPLES_BETWEEN_CHANGES);

            FaultyReader.reset(1);
            run.done("delete", "keyed");
            run.apply(narrower);
            view.until(
                    "it is created again with the narrower shape",
                    () -> FaultyReader.failures() == 1 && hasShape(view, 5));

            assertEqualsPlainLoop(run);
            assertThat(run.done("replay", "keyed", "--key", "c1").out()).contains("identical: ");

            run.done("delete", "keyed");
            view.until("it is deleted", () -> view.snapshots().keySet().equals(Set.of("whole/")));
        }
    }

    /** Returns whether all keys have learned samples in this shape, and none in another. */
    private static boolean hasShape(ControlView view, int hashBits) {
        return view.hasChanged("keyed", KEYS, 1)
                && view.snapshots().entrySet().stream()
                        .filter(entry -> entry.getKey().startsWith("keyed/"))
                        .allMatch(entry ->
                                entry.getValue().snapshot().spec().toYaml().contains("hashBits: " + hashBits)
                                        && view.lineage(entry.getKey())
                                                        .changes()
                                                        .size()
                                                == 1);
    }

    /** Ends the stream, and asserts that each model key equals that of a plain loop. */
    private static void assertEqualsPlainLoop(ControlRun run) throws Exception {
        List<ModelSpec> specs = List.of(ModelSpec.parse(WHOLE), ModelSpec.parse(KEYED));
        ControlLoop loop = new ControlLoop(run, specs, run.stopStream());
        loop.awaitEnd();
        loop.assertEqualSnapshots();
    }
}

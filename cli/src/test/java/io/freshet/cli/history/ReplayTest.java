package io.freshet.cli.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.job.decode.SampleFactory;
import io.freshet.job.learn.LearnHarness;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.state.ModelState;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.features.Stage;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.sample.SampleHeader;
import io.freshet.schemas.sample.SampleWriter;
import io.freshet.schemas.snapshot.HistoryEntry;
import io.freshet.schemas.snapshot.Publication;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Catches a replay that treats a sample differently from the job. */
class ReplayTest {
    private static final ModelSpec SPEC = ModelSpec.parse("""
        {name: m, label: y, key: c, features: {numeric: [a]}, loss: mean-squared-error, holdout: 0.1,
         optimizer: {type: adam, learningRate: 0.01}, batch: {size: 2}, evaluation: {window: 5},
         deduplicate: 1s, timeToLive: 2s}
        """);
    private static final ModelSpec FASTER =
            ModelSpec.parse(SPEC.toYaml().replaceFirst("learningRate: [0-9.]+", "learningRate: 0.1"));
    /** Has a new number before the other one, hashed features, and indices. */
    private static final ModelSpec WIDER = ModelSpec.parse(FASTER.toYaml()
            .replace("numeric: [a]", "numeric: [b, a]")
            .replace("categorical: []", "categorical: [c]")
            .replace("sparse: []", "sparse: [s, {field: t, hash: true}, u]"));

    private static final ModelSpec JOINED =
            ModelSpec.parse(SPEC.toYaml() + "join: {within: 1s, after: 0, grace: 1s, several: sum}\n");

    private static final ModelSpec SMALL = ModelSpec.parse(SPEC.toYaml() + "when: {field: size, equals: small}\n");
    private static final ModelSpec LARGE = ModelSpec.parse(SPEC.toYaml() + "when: {field: size, equals: large}\n");

    private static final List<ModelSpec> SPECS = List.of(SPEC, FASTER, WIDER, JOINED, SMALL, LARGE);

    private static final long SEED = 20261127;

    @Test
    void equals_the_job_on_a_stream_with_duplicates_expiry_and_a_change_of_features() throws Exception {
        List<SourceRecord> records = records();
        SampleFactory decoder = new SampleFactory(RecordFormat.avro(), SPECS);
        Map<String, ModelState> models;
        try (LearnHarness job = LearnHarness.start(SPEC)) {
            for (SourceRecord record : records) {
                int left = records.size() - (int) record.offset();
                if (left == 100 || left == 50) {
                    job.apply(left == 100 ? FASTER : WIDER);
                }
                KeyedSample sample = decoder.encode(record, left > 100 ? 0 : left > 50 ? 1 : 2);
                assertThat(sample).isNotNull();
                job.learn(sample);
            }
            models = job.models();
            assertThat(models).hasSizeGreaterThan(10);
            int expired = 0;
            int duplicates = 0;
            int changed = 0;
            for (Map.Entry<String, ModelState> model : models.entrySet()) {
                LearnerState expected = model.getValue().learner();
                Replay replay = replay(model.getKey(), expected, records);
                assertThat(replay.snapshot().parameters())
                        .as(model.getKey())
                        .isEqualTo(expected.weights().parameters());
                assertLineage(replay.lineage(), expected.lineage());
                expired += expected.lineage().firstOffsets()[0] > 500 ? 1 : 0;
                changed += specs(expected).contains(WIDER) && specs(expected).size() > 1 ? 1 : 0;
                duplicates += expected.lineage().position() - expected.samples() > 2 ? 1 : 0;
            }
            assertThat(expired).as("expired models").isPositive();
            assertThat(duplicates).as("models with duplicates").isPositive();
            assertThat(changed).as("models whose features changed").isPositive();
        }
    }

    /** Records around each change are samples of the other specification only: counting samples alone learns them. */
    @Test
    void switches_to_the_records_of_another_condition_at_the_recorded_sample() throws Exception {
        List<SourceRecord> records = new ArrayList<>();
        SampleWriter writer = new SampleWriter();
        String sizes = "sssslllsssllll" + "lllssslllsssss";
        for (int i = 0; i < sizes.length(); i++) {
            String size = sizes.charAt(i) == 's' ? "small" : "large";
            byte[] value = writer.write(
                    "id" + i, "", i, Map.of("a", i % 5 - 2.0, "y", i % 3.0), Map.of("c", "k", "size", size));
            records.add(TestStream.record(i, value));
        }
        SampleFactory decoder = new SampleFactory(RecordFormat.avro(), SPECS);
        for (int barrier = 5; barrier <= 9; barrier++) {
            try (LearnHarness job = LearnHarness.start(SMALL)) {
                for (SourceRecord record : records) {
                    if (record.offset() == barrier || record.offset() == barrier + 13) {
                        job.apply(record.offset() == barrier ? LARGE : SMALL);
                    }
                    boolean isLarge = record.offset() >= barrier && record.offset() < barrier + 13;
                    KeyedSample sample = decoder.encode(record, SPECS.indexOf(isLarge ? LARGE : SMALL));
                    if (sample != null) {
                        job.learn(sample);
                    }
                }
                LearnerState expected = job.models().get("m/k").learner();
                Replay replay = replay("m/k", expected, records);
                assertThat(replay.snapshot().parameters())
                        .as("barrier at %d", barrier)
                        .isEqualTo(expected.weights().parameters());
                assertLineage(replay.lineage(), expected.lineage());
            }
        }
    }

    /** A correction that replay skips, or applies twice, changes parameters. */
    @Test
    void repeats_the_corrections_of_labels() throws Exception {
        List<SourceRecord> records = stages();
        SampleFactory decoder = new SampleFactory(RecordFormat.avro(), List.of(JOINED));
        try (LearnHarness job = LearnHarness.start(JOINED)) {
            for (SourceRecord record : records) {
                KeyedSample sample = decoder.encode(record, 0);
                assertThat(sample).isNotNull();
                job.learn(sample);
            }
            long corrections = 0;
            for (Map.Entry<String, ModelState> model : job.models().entrySet()) {
                LearnerState expected = model.getValue().learner();
                Replay replay = replay(model.getKey(), expected, records);
                assertThat(replay.snapshot().parameters())
                        .as(model.getKey())
                        .isEqualTo(expected.weights().parameters());
                assertLineage(replay.lineage(), expected.lineage());
                corrections += expected.corrections();
            }
            assertThat(corrections).isGreaterThan(100);
        }
    }

    /** Returns requests of which half are changed, and then all closed. */
    private static List<SourceRecord> stages() {
        SplittableRandom random = new SplittableRandom(SEED);
        SampleWriter writer = new SampleWriter();
        List<byte[]> values = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            values.add(stage(writer, i, Stage.OPEN, i % 5, null));
            int late = i - random.nextInt(20, 40);
            if (late >= 0) {
                boolean isChanged = random.nextBoolean();
                double last = late % 5 + (isChanged ? 2 : 0);
                if (isChanged) {
                    values.add(stage(writer, late, Stage.CHANGED, last, (double) (late % 5)));
                }
                values.add(stage(writer, late, Stage.CLOSED, last, null));
            }
        }
        List<SourceRecord> records = new ArrayList<>();
        values.forEach(value -> records.add(TestStream.record(records.size(), value)));
        return records;
    }

    private static byte[] stage(SampleWriter writer, int request, Stage stage, double label, Double previous) {
        SampleHeader header = new SampleHeader("r" + request, "m", request, 0, stage, previous);
        Map<String, Double> numbers =
                stage == Stage.CLOSED ? Map.of("y", label) : Map.of("y", label, "a", Math.sqrt(request) % 1);
        return writer.write(header, numbers, Map.of("c", "k" + request % 7), Map.of());
    }

    private static Replay replay(String modelKey, LearnerState state, List<SourceRecord> records) {
        Lineage lineage = state.lineage();
        List<ModelSpec> specs = specs(state);
        HistoryEntry entry = new HistoryEntry(
                specs.get(specs.size() - 1),
                modelKey.substring("m/".length()),
                new HistoryEntry.Learned(state.samples(), state.updates(), lineage, null),
                new Publication("", 0, 0, "samples", 0, ""));
        Replay replay = new Replay(entry, specs, Map.of(), RecordFormat.avro());
        for (long offset = lineage.firstOffsets()[0]; !replay.isComplete(); offset++) {
            replay.receive(records.get((int) offset));
        }
        return replay;
    }

    private static List<ModelSpec> specs(LearnerState state) {
        return state.lineage().changes().stream()
                .map(change -> SPECS.stream()
                        .filter(spec -> spec.hash().equals(change.specHash()))
                        .findFirst()
                        .orElseThrow())
                .toList();
    }

    private static void assertLineage(Lineage actual, Lineage expected) {
        assertThat(actual.partitions()).isEqualTo(expected.partitions());
        assertThat(actual.firstOffsets()).isEqualTo(expected.firstOffsets());
        assertThat(actual.offsets()).isEqualTo(expected.offsets());
        assertThat(actual.position()).isEqualTo(expected.position());
        assertThat(actual.watermark()).isEqualTo(expected.watermark());
        assertThat(actual.changes()).isEqualTo(expected.changes());
    }

    /** Returns samples of keys that pause and return, with repeated ids. */
    private static List<SourceRecord> records() {
        SplittableRandom random = new SplittableRandom(SEED);
        SampleWriter writer = new SampleWriter();
        List<SourceRecord> records = new ArrayList<>();
        long time = 0;
        for (int i = 0; i < 3_000; i++) {
            time += random.nextInt(20);
            String key = "k" + (time / 3_000 * 7 + random.nextInt(6)) % 20;
            double a = random.nextDouble(-1, 1);
            String id = "id" + random.nextInt(200);
            byte[] value = writer.write(
                    id,
                    "",
                    time - random.nextInt(500),
                    Map.of("a", a, "b", a * a, "y", 2 * a),
                    Map.of("c", key, "s", i % 7 + ":1", "t", i % 5 + ":0.5", "u", "3:-1"));
            records.add(TestStream.record(i, value));
        }
        return records;
    }
}

package io.freshet.cli.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.Run;
import io.freshet.job.record.SpecChange;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.predict.WarmStart;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.WarmStartReference;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.snapshot.SnapshotFile;
import io.freshet.schemas.snapshot.SnapshotReader;
import io.freshet.schemas.snapshot.WarmStartCodec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Catches a specification that is written before the parameters it refers to, or that starts from other parameters. */
class ApplyFromIT extends ApplyRun {
    @Test
    void starts_from_a_file_and_keeps_the_warm_start() throws Exception {
        Path one = snapshots("delays", 1);
        Path two = snapshots("delays", 2);

        Run created = done("apply", "-f", file(SPEC), "--from", one.toString());

        assertThat(created.out()).startsWith("model delays: created (");
        WarmStartReference first = warmStart(one).warmStart();
        assertThat(applied().get(0).stream().warmStart()).isEqualTo(first);
        assertThat(appliedWarmStart().warmStart()).isEqualTo(first);
        assertThat(done("apply", "-f", file(SPEC), "--from", one.toString()).out())
                .startsWith("model delays: unchanged (");
        assertThat(done(
                                "apply",
                                "-f",
                                file(SPEC),
                                "--from",
                                snapshots("other", 1).toString())
                        .out())
                .as("the same parameters under another name")
                .startsWith("model delays: unchanged (");
        assertThat(apply(SPEC + "frozen: true\n").outLines())
                .hasSize(2)
                .last()
                .isEqualTo("model delays: frozen: false -> true");
        assertThat(applied().get(0).stream().warmStart()).isEqualTo(first);
        assertThat(apply(done("describe", "delays").out()).out()).startsWith("model delays: unchanged (");
        assertThat(done("apply", "-f", file(SPEC), "--from", one.toString()).outLines())
                .hasSize(2)
                .last()
                .isEqualTo("model delays: frozen: true -> false");
        assertThat(done("tail", "models", "--from-beginning", "--limit", "4").outLines())
                .as("the parameters are already on the topic")
                .last()
                .asString()
                .contains("model=delays state=applied");

        Run changed = done("apply", "-f", file(SPEC), "--from", two.toString());

        WarmStartReference second = warmStart(two).warmStart();
        assertThat(changed.outLines())
                .contains("model delays: warmStart.version: 1 -> 2")
                .contains("model delays: warmStart.checksum: " + first.checksum() + " -> " + second.checksum());
        assertThat(appliedWarmStart().warmStart()).isEqualTo(second);
        assertThat(done("tail", "models", "--from-beginning", "--limit", "7").outLines())
                .last()
                .asString()
                .endsWith(" model=delays warmStart=" + first.checksum() + " state=deleted");
        done("delete", "delays");
        assertThat(SpecTopic.read(KafkaCluster.at(kafka.bootstrapServers()), prefix + ".models", false)
                        .parts())
                .isEmpty();
    }

    @Test
    void rejects_parameters_of_another_shape_with_both_shapes() throws Exception {
        Path file = snapshots("delays", 1);
        Run narrower = run("apply", "-f", file(SPEC.replace("hashBits: 4", "hashBits: 3")), "--from", file.toString());
        assertThat(narrower.code()).isEqualTo(2);
        assertThat(narrower.err())
                .startsWith("freshet: model delays: --from: features.hashBits: ")
                .contains("features.hashBits: 3, was 4 (expected: the shape ");
        String named = SPEC + "warmStart: {model: delays, version: 1, checksum: \"0123456789abcdef\"}\n";
        assertThat(run("apply", "-f", file(named)).err())
                .startsWith("freshet: model delays: warmStart: delays@1 (0123456789abcdef) (expected: no warmStart, ");
        assertThat(run("apply", "-f", file(SPEC), "--from", file(SPEC)).err()).startsWith("freshet: --from: ");
        assertThat(run("apply", "-f", file(SPEC), "--from", "no/such").err())
                .startsWith("freshet: --from: no/such (expected: a snapshot file, <model>, ");
        assertThat(run("apply", "-f", file(SPEC), "-f", file(SPEC.replace("delays", "b")), "--from", file.toString())
                        .err())
                .startsWith("freshet: --from: with 2 files (expected: one)");
        assertThat(applied()).isEmpty();
    }

    @Test
    void starts_from_the_snapshots_of_another_model() throws Exception {
        assertThat(run("apply", "-f", file(SPEC), "--from", "other").err())
                .startsWith("freshet: --from: other: no snapshot on topic " + prefix + ".parameters (expected: ");
        publish("other", "", 1);
        publish("other", "", 7);
        publish("keyed", "AA", 3);
        publish("keyed", "UA", 5);

        done("apply", "-f", file(SPEC), "--from", "other");
        assertThat(appliedWarmStart().warmStart().toString()).startsWith("other@7 (");
        done("apply", "-f", file(SPEC), "--from", "other@1");
        assertThat(appliedWarmStart().warmStart().toString()).startsWith("other@1 (");
        assertThat(run("apply", "-f", file(SPEC), "--from", "other@2").err())
                .contains("--from: other@2: not on topic ", "(expected: 7, the newest");
        assertThat(run("apply", "-f", file(SPEC), "--from", "keyed@5").err())
                .contains("--from: keyed@5 (expected: keyed, since each key has its own versions)");
        assertThat(run("apply", "-f", file(SPEC), "--from", "keyed").err())
                .contains("--from: key: none, was carrier (expected: the same, ");
        done("apply", "-f", file(SPEC.replace("delays", "by-carrier") + "key: carrier\n"), "--from", "keyed");
        assertThat(appliedWarmStart("by-carrier").warmStart().toString()).startsWith("keyed@5 (");
    }

    @Test
    void starts_from_the_last_incarnation_of_another_model_in_either_lane() throws Exception {
        publish("other", "", 7);
        publish("other", "", 2);
        assertThat(run("apply", "-f", file(SPEC), "--from", "other@9").err()).contains("(expected: 2, the newest");
        done("apply", "-f", file(SPEC), "--from", "other");
        assertThat(appliedWarmStart().warmStart().toString()).startsWith("other@2 (");

        send(".parameters", new SnapshotCodec().delete("other", "", 0));
        send(".parameters-committed", new SnapshotCodec().write(snapshot("other", "", 3), "samples", 0, "test"));
        done("apply", "-f", file(SPEC), "--from", "other");
        assertThat(appliedWarmStart().warmStart().toString()).startsWith("other@3 (");
    }

    /** Returns a snapshot with random parameters. */
    private static Snapshot snapshot(String model, String key, long version) {
        ModelSpec spec = ModelSpec.parse(SPEC.replace("delays", model) + (key.isEmpty() ? "" : "key: carrier\n"));
        SplittableRandom random = new SplittableRandom(version);
        float[] parameters = new float[spec.parameterCount()];
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] = (float) random.nextDouble(-1, 1);
        }
        return new Snapshot(
                spec,
                key,
                version,
                version,
                parameters,
                new double[] {version, 5, 2},
                new Lineage(),
                new long[0],
                null);
    }

    private Path snapshots(String model, long version) throws Exception {
        SnapshotReader reader = new SnapshotReader();
        List<PublishedSnapshot> snapshots = new ArrayList<>();
        for (KeyedBytes record : new SnapshotCodec().write(snapshot(model, "", version), "samples", 0, "test")) {
            snapshots.add(reader.read(record.key(), record.value()).snapshot());
        }
        Path file = directory.resolve(model + version + ".snapshot");
        SnapshotFile.write(file, snapshots);
        return file;
    }

    private static WarmStart warmStart(Path file) throws Exception {
        return WarmStart.of(SnapshotFile.read(file).stream()
                .map(PublishedSnapshot::snapshot)
                .toList());
    }

    private void publish(String model, String key, long version) throws Exception {
        send(".parameters", new SnapshotCodec().write(snapshot(model, key, version), "samples", 0, "test"));
    }

    private WarmStart appliedWarmStart() throws Exception {
        return appliedWarmStart("delays");
    }

    /** Returns the warm start with which a job would start a model. */
    private WarmStart appliedWarmStart(String model) throws Exception {
        SpecTopic topic = SpecTopic.read(KafkaCluster.at(kafka.bootstrapServers()), prefix + ".models", false);
        ModelSpec spec = topic.specs().stream()
                .filter(each -> each.name().equals(model))
                .findAny()
                .orElseThrow();
        List<byte[]> parts = new ArrayList<>();
        for (SpecChange.WarmStartPart part : topic.parts()) {
            if (part.name().equals(model)) {
                parts.add(part.part());
            }
        }
        return WarmStartCodec.join(parts, spec.stream().warmStart().checksum());
    }
}

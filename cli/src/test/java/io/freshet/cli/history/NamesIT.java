package io.freshet.cli.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.Run;
import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.sample.SampleWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Catches weights named by another key's samples, and names that are lost between the topic and the table. */
@Timeout(180)
class NamesIT {
    private static final String FEATURES = "features: {numeric: [a], categorical: [d], hashBits: 12}";
    private static final String PUBLISH = "publish: {everySamples: 100, everyMillis: 100, minimumMillis: 0}";
    private static final String WHOLE =
            "{name: whole, label: y, " + FEATURES + ", loss: mean-squared-error, " + PUBLISH + "}";
    private static final String KEYED = WHOLE.replace("name: whole", "name: keyed, key: c");

    @AutoClose
    private static EmbeddedKafka kafka;

    @TempDir
    Path directory;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.startTemporary();
    }

    @Test
    void weights_and_differences_are_named_by_the_values_on_the_topic() throws Exception {
        LineageRun run = LineageRun.create(kafka, "names", 1, directory);
        run.apply(WHOLE);
        run.apply(KEYED);
        List<ProducerRecord<byte[], byte[]>> samples = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(20261127);
        for (int i = 0; i < 600; i++) {
            String d = "d" + random.nextInt(4) + (i < 300 ? "" : "x");
            double a = random.nextDouble(-1, 1);
            Map<String, Double> numbers = Map.of("a", a, "y", a + (d.equals("d2") ? 50 : 0));
            Map<String, String> texts = Map.of("c", i < 300 ? "first" : "second", "d", d);
            samples.add(run.sample(0, new SampleWriter().write("", "", 1_000 + i, numbers, texts)));
        }
        run.send(samples);
        run.learn(RecordFormat.avro());

        Run weights = run.done("weights", "whole", "--top", "3");
        assertThat(weights.outLines()).hasSize(6);
        assertThat(weights.out())
                .startsWith("whole, version 600: the largest 3 weights")
                .contains("d=d2 ");
        assertThat(weights.err()).startsWith("names: from 600 samples in the newest records of topic names.samples");
        assertThat(run.json("weights", "whole", "--records", "0").at("/weights/0/names"))
                .isEmpty();

        Run keyed = run.done("weights", "keyed", "--key", "second");
        assertThat(keyed.out()).contains("d=d0x ", "d=d3x ").doesNotContain("d=d2 ");
        assertThat(keyed.err()).startsWith("names: from 300 samples ");
        assertThat(run.run("weights", "keyed", "--key", "none").err())
                .startsWith("freshet: <model>: keyed, key none: no snapshot on topic ");
        Run withoutKey = run.run("weights", "keyed");
        assertThat(withoutKey.code()).isEqualTo(2);
        assertThat(withoutKey.err()).contains("keyed: 2 snapshots (expected: --key, one of first, second)");

        String first = run.history("whole").get(0).get("version").asText();
        assertThat(run.done("diff", "whole", first, "600").out()).contains("d=d2 ");
    }

    @Test
    void weights_of_a_file_are_named_by_the_rows_of_a_file() throws Exception {
        Path spec = Files.writeString(directory.resolve("m.yaml"), WHOLE);
        Path rows = Files.writeString(directory.resolve("rows.csv"), "a,d,y\n1,x,3\n2,x,4\n3,z,1\n");
        Path saved = directory.resolve("m.snapshot");
        Run.of("train", "--spec", spec.toString(), "--input", rows.toString(), "--save", saved.toString())
                .done();

        Run named =
                Run.of("weights", saved.toString(), "--input", rows.toString()).done();
        assertThat(named.out()).contains("\nd=x  ", "\nd=z  ", "\na  ", "\nbias  ");
        Run unnamed = Run.of("weights", saved.toString()).done();
        assertThat(unnamed.out()).contains("\nd#").doesNotContain("d=x");
        assertThat(unnamed.err())
                .isEqualTo("names: none (expected: --input or --samples, to name hashed features)"
                        + System.lineSeparator());
    }

    @Test
    void a_network_has_no_weights_of_features() throws Exception {
        Path spec = Files.writeString(
                directory.resolve("m.yaml"),
                "{name: m, label: y, features: {numeric: [a]}, model: {type: mlp, hidden: [2]}, loss: mean-squared-error}");
        Path rows = Files.writeString(directory.resolve("rows.csv"), "a,y\n1,3\n2,4\n");
        Path saved = directory.resolve("m.snapshot");
        Run.of("train", "--spec", spec.toString(), "--input", rows.toString(), "--save", saved.toString())
                .done();

        Run weights = Run.of("weights", saved.toString());

        assertThat(weights.code()).isEqualTo(2);
        assertThat(weights.err()).contains("model m: model.type: mlp (expected: linear or factorization-machine, ");
    }
}

package io.freshet.cli.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.Run;
import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.RecordedFormat;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFields;
import io.freshet.schemas.snapshot.TopicFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Catches a tool that writes or reads another format than the job that reads the topic. */
@Timeout(120)
class TopicFormatsIT {
    @AutoClose
    private static EmbeddedKafka kafka;

    @TempDir
    Path directory;

    private Path spec;
    private Path rows;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.startTemporary();
    }

    @BeforeEach
    void writeFiles() throws Exception {
        spec = Files.writeString(
                directory.resolve("s.yaml"), "{name: s, label: y, features: {numeric: [x]}, loss: mean-squared-error}");
        rows = Files.writeString(directory.resolve("rows.jsonl"), "{\"x\": 1, \"y\": 2}\n{\"x\": 3, \"y\": 4}\n");
    }

    @Test
    void finds_the_newest_format_of_the_topic() throws Exception {
        Run.at(kafka.bootstrapServers(), "newest", "topics", "create").done();
        KafkaOptions options = KafkaOptions.of(kafka.bootstrapServers());
        assertThat(TopicFormats.find(options, Topics.of("newest"))).isNull();
        assertThat(TopicFormats.find(options, Topics.of("missing"))).isNull();
        record("newest", "avro");
        record("newest", "json");
        assertThat(TopicFormats.find(options, Topics.of("newest"))).isEqualTo(format("newest.samples", "json"));
        assertThat(TopicFormats.find(options, new Topics("newest", "other"))).isNull();
    }

    @Test
    void feed_and_tail_follow_the_recorded_format_and_refuse_another() throws Exception {
        String prefix = "follow";
        run(prefix, "topics", "create").done();
        record(prefix, "json");

        Run avro = feed(prefix, rows, "--as=avro");
        assertThat(avro.code()).isEqualTo(2);
        assertThat(avro.err()).contains("--as: avro (expected: json, in which the job reads follow.samples)");
        Path csv = Files.writeString(directory.resolve("rows.csv"), "x,y\n1,2\n");
        assertThat(feed(prefix, csv).err()).contains("format of follow.samples: json (expected: a file of JSON lines");
        feed(prefix, rows).done();
        assertThat(run(prefix, "tail", "samples", "--from-beginning", "--limit=2")
                        .done()
                        .out())
                .contains("x=1 y=2")
                .contains("x=3 y=4");

        record(prefix, "confluent");
        assertThat(feed(prefix, rows).err())
                .contains("(expected: confluent, in which")
                .contains("feed cannot write it");
    }

    @Test
    void history_lists_no_format() throws Exception {
        run("list", "topics", "create").done();
        record("list", "json");
        assertThat(run("list", "history", "s").err())
                .contains("no snapshot on list.history")
                .doesNotContain("@format");
    }

    private Run feed(String prefix, Path file, String... more) {
        List<String> arguments = new java.util.ArrayList<>(List.of("feed", "--spec=" + spec, "--input=" + file));
        arguments.addAll(List.of(more));
        return run(prefix, arguments.toArray(String[]::new));
    }

    private static Run run(String prefix, String... arguments) {
        return Run.at(kafka.bootstrapServers(), prefix, arguments);
    }

    private static void record(String prefix, String format) throws Exception {
        Topics topics = Topics.of(prefix);
        RecordedFormat.write(
                KafkaCluster.at(kafka.bootstrapServers()), topics, format(topics.samples(), format), Instant.EPOCH);
    }

    private static TopicFormat format(String topic, String format) {
        return new TopicFormat(topic, format, null, RecordFields.NONE, List.of());
    }
}

package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.schemas.loop.OutcomeJson;
import io.freshet.schemas.loop.OutcomeRecord;
import io.freshet.schemas.loop.OutcomeValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Feeds outcomes to a real broker. Would catch a row that becomes another outcome, and an invalid one that is lost. */
@Timeout(120)
class FeedOutcomesIT {
    private static final AtomicInteger PREFIXES = new AtomicInteger();

    @AutoClose
    private static EmbeddedKafka kafka;

    private final String prefix = "o" + PREFIXES.incrementAndGet();

    @TempDir
    Path directory;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.startTemporary();
    }

    @BeforeEach
    void createTopics() throws Exception {
        run("topics", "create", "--loop", "--partitions", "1").done();
        for (String model : List.of(
                "{name: clicks, label: y, features: {numeric: [x]}, loss: binary-cross-entropy, join: {within: 1h, after: 0}}",
                "{name: mails, label: y, labels: ['1', '2'], features: {numeric: [x]}, loss: binary-cross-entropy,"
                        + " join: {within: 1h, after: 0}}",
                "{name: plain, label: y, features: {numeric: [x]}, loss: mean-squared-error}")) {
            Path spec = Files.writeString(directory.resolve(model.substring(7, 12) + ".yaml"), model);
            run("apply", "-f", spec.toString()).done();
        }
    }

    @Test
    void the_columns_of_csv_become_outcomes_and_invalid_rows_dead_letters() throws Exception {
        Path rows = file("outcomes.csv", """
                time,id,value,comment,exposure,outcome_id
                2023-11-14T22:13:20Z,r1,1,bought,,o1
                1700000000001,r2,0.5,,true,
                ,r3,,only shown,1,
                ,r4,bird,,false,
                soon,r5,1,,,
                ,,1,,,
                ,r7
                """);

        Run run = run("feed", "--outcomes", rows.toString(), "--max-rejected", "3")
                .done();

        assertThat(run.out()).startsWith(prefix + ".outcomes: 4 rows sent, 3 bad, in " + prefix + ".samples-dlt (");
        assertThat(outcomes())
                .containsExactly(
                        new OutcomeRecord(null, "r1", "o1", new OutcomeValue.Number(1), 1_700_000_000_000L, Set.of()),
                        new OutcomeRecord(
                                null, "r2", null, new OutcomeValue.Number(0.5), 1_700_000_000_001L, Set.of("exposure")),
                        new OutcomeRecord(null, "r3", null, null, null, Set.of("exposure")),
                        new OutcomeRecord(null, "r4", null, new OutcomeValue.Name("bird"), null, Set.of()));
        assertThat(run("tail", "dead-letters", "--from-beginning", "--limit", "3")
                        .done()
                        .outLines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .contains("message=\"time: soon (expected: milliseconds since 1970, or a time as ")
                                .contains(" topic=" + prefix + ".outcomes row=5 "),
                        line -> assertThat(line)
                                .contains("\"id: a text of 0 bytes (expected: 1 to 1024 bytes of UTF-8)\""),
                        line -> assertThat(line).contains("\"fields: 2 (expected: 6, as in the header)\""));
    }

    @Test
    void lines_of_json_are_outcomes_as_they_are() throws Exception {
        Path rows = file("outcomes.jsonl", """
                {"id": "r1", "value": true, "shown": true}
                {"id": "r2", "value": "1", "model": "mails"}
                {"id": 3, "value": 1}
                {"id": "r4", "value": [1]}
                no json
                """);

        Run run = run("feed", "--outcomes", rows.toString(), "--output", "json", "--max-rejected", "60%")
                .done();
        assertThat(run("tail", "outcomes", "--from-beginning", "--limit", "2")
                        .done()
                        .outLines())
                .satisfiesExactly(
                        line -> assertThat(line).endsWith(" 0@0 id=r1 value=true shown=true"),
                        line -> assertThat(line).endsWith(" 0@1 model=mails id=r2 value=1"));

        assertThat(run.out()).startsWith("{\"topic\":\"" + prefix + ".outcomes\",\"sent\":2,\"bad\":3,\"skipped\":0,");
        assertThat(outcomes())
                .containsExactly(
                        new OutcomeRecord(null, "r1", null, OutcomeValue.Number.of(1, "true"), null, Set.of("shown")),
                        new OutcomeRecord("mails", "r2", null, new OutcomeValue.Name("1"), null, Set.of()));
    }

    @Test
    void with_a_model_each_value_is_a_label_of_it() throws Exception {
        Path rows = file("outcomes.csv", """
                id,value
                r1,1
                r2,007
                r3,2
                """);

        assertThat(run("feed", "--outcomes", rows.toString(), "--model", "mails", "--max-rejected", "1")
                        .done()
                        .out())
                .contains("2 rows sent, 1 bad");
        assertThat(run("feed", "--outcomes", rows.toString(), "--model", "clicks", "--limit", "1")
                        .done()
                        .out())
                .contains("1 row sent, 0 bad");

        assertThat(outcomes())
                .containsExactly(
                        new OutcomeRecord("mails", "r1", null, new OutcomeValue.Name("1"), null, Set.of()),
                        new OutcomeRecord("mails", "r3", null, new OutcomeValue.Name("2"), null, Set.of()),
                        new OutcomeRecord("clicks", "r1", null, new OutcomeValue.Number(1), null, Set.of()));
        assertThat(run("tail", "dead-letters", "--from-beginning", "--limit", "1")
                        .done()
                        .outLines()
                        .get(0))
                .contains("value: 007 (expected: one of 1, 2)");
    }

    /** Would catch a script that deletes its file of outcomes after exit code 0, though no join will ever see them. */
    @Test
    void the_exit_code_is_1_if_too_many_outcomes_are_rejected() throws Exception {
        Path none = file("none.csv", "id,value\n,1\n,0\n");
        Path some = file("some.csv", "id,value\nr1,1\n,0\n");

        Run run = run("feed", "--outcomes", none.toString());
        assertThat(run.code()).isOne();
        assertThat(run.out()).startsWith(prefix + ".outcomes: 0 rows sent, 2 bad");
        assertThat(run.err()).contains("--max-rejected 10%: 2 of 2 rows rejected (100%), so the exit code is 1");
        assertThat(run("feed", "--outcomes", none.toString(), "--max-rejected", "2")
                        .code())
                .isOne();
        assertThat(run("feed", "--outcomes", some.toString()).code()).isOne();
        run("feed", "--outcomes", some.toString(), "--max-rejected", "1").done();
    }

    /** Would catch outcomes in a topic that nobody reads, and rejects in a topic that does not exist. */
    @Test
    void outcomes_and_invalid_rows_go_to_the_topics_that_are_named() throws Exception {
        Path rows = file("outcomes.csv", "id,value\nr1,1\n,1\n");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(prefix + ".bought", prefix + ".shop-dlt").stream()
                            .map(name -> new NewTopic(name, 1, (short) 1))
                            .toList())
                    .all()
                    .get();
        }

        Run run = run("feed", "--outcomes", rows.toString(), "--topic", prefix + ".bought", "--max-rejected", "50%")
                .done();
        assertThat(run.out()).startsWith(prefix + ".bought: 1 row sent, 1 bad, in " + prefix + ".samples-dlt (");
        run = run("feed", "--outcomes", rows.toString(), "--samples", prefix + ".shop", "--max-rejected", "50%")
                .done();
        assertThat(run.out()).startsWith(prefix + ".outcomes: 1 row sent, 1 bad, in " + prefix + ".shop-dlt (");
        assertThat(outcomes()).hasSize(1);
        assertThat(run("tail", "outcomes", "--outcomes", prefix + ".bought", "--from-beginning", "--limit", "1")
                        .done()
                        .out())
                .contains(" 0@0 id=r1 value=1");

        assertThat(run("feed", "--outcomes", rows.toString(), "--topic", prefix + ".samples")
                        .err())
                .startsWith("freshet: --topic: " + prefix + ".samples (expected: a topic of outcomes only)");
        assertThat(run("feed", "--input", rows.toString(), "--topic", "a", "--samples", "b")
                        .err())
                .startsWith("freshet: --topic: a (expected: none with --samples and --input)");
    }

    @Test
    void says_what_does_not_fit() throws Exception {
        Path rows = file("outcomes.csv", "id,value\nr1,1\n");
        Path other = file("rows.csv", "key,value\nr1,1\n");

        assertThat(run("feed", "--outcomes", other.toString()).err()).contains("id");
        assertThat(run("feed", "--outcomes", rows.toString(), "--model", "plain")
                        .err())
                .startsWith("freshet: --model: plain (expected: a model with join in its specification)");
        assertThat(run("feed", "--outcomes", rows.toString(), "--model", "clikcs")
                        .err())
                .startsWith("freshet: --model: clikcs (expected: one of clicks, mails, plain");
        assertThat(run("feed", "--outcomes", rows.toString(), "--epochs", "2").err())
                .startsWith("freshet: --epochs: given (expected: none with --outcomes)");
        assertThat(run("feed", "--outcomes", rows.toString(), "--format", "libsvm")
                        .err())
                .startsWith("freshet: --outcomes: libsvm (expected: csv or jsonl)");
        assertThat(run("feed").err()).startsWith("freshet: --input: missing (expected: a file)");
        assertThat(outcomes()).isEmpty();
    }

    private Path file(String name, String content) throws Exception {
        return Files.writeString(directory.resolve(name), content);
    }

    /** Returns the outcomes of the topic, after checking that each has its id as its key. */
    private List<OutcomeRecord> outcomes() throws Exception {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (TopicReader reader = TopicReader.open(KafkaOptions.of(kafka.bootstrapServers()), prefix + ".outcomes")) {
            reader.readToEnd(records::add);
        }
        List<OutcomeRecord> outcomes = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            outcomes.add(OutcomeJson.read(record.value()));
            assertThat(record.key()).isEqualTo(outcomes.get(outcomes.size() - 1).key());
        }
        return outcomes;
    }

    private Run run(String... arguments) {
        return Run.at(kafka.bootstrapServers(), prefix, arguments);
    }
}

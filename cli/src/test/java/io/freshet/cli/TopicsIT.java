package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.cli.kafka.TopicPlan;
import io.freshet.schemas.kafka.Topics;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Creates and lists the topics of a deployment on a real broker; each test has its own prefix. */
@Timeout(120)
class TopicsIT {
    private static final AtomicInteger PREFIXES = new AtomicInteger();

    @AutoClose
    private static EmbeddedKafka kafka;

    private final String prefix = "p" + PREFIXES.incrementAndGet();

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.startTemporary();
    }

    @Test
    void creates_and_lists_topics_and_leaves_existing_ones_unchanged() {
        assertThat(run("topics", "list").outLines()).hasSize(9).allMatch(line -> line.matches(".*(STATE|missing).*"));
        assertThat(done("topics", "create", "--partitions", "3").outLines())
                .containsExactly(
                        "topic " + prefix + ".samples: created",
                        "topic " + prefix + ".models: created",
                        "topic " + prefix + ".parameters: created",
                        "topic " + prefix + ".parameters-committed: created",
                        "topic " + prefix + ".history: created",
                        "topic " + prefix + ".rounds: created",
                        "topic " + prefix + ".metrics: created",
                        "topic " + prefix + ".samples-dlt: created");
        assertThat(done("topics", "create").outLines()).hasSize(8).allMatch(line -> line.endsWith(": exists"));
        assertThat(done("topics", "list", "--output", "json").out())
                .contains("{\"topic\":\"" + prefix + ".samples\",\"state\":\"exists\",\"partitions\":3,"
                        + "\"replicationFactor\":1,\"cleanupPolicy\":\"delete\"}")
                .contains("{\"topic\":\"" + prefix + ".models\",\"state\":\"exists\",\"partitions\":1,"
                        + "\"replicationFactor\":1,\"cleanupPolicy\":\"compact\"}");
    }

    @Test
    void rejects_more_partitions_than_an_existing_topic_has() {
        done("topics", "create", "--partitions", "3");
        done("topics", "create", "--partitions", "2");
        Run run = run("topics", "create", "--partitions", "5");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .startsWith("freshet: --partitions: 5 (expected: at most 3, as topic " + prefix
                        + ".samples has; Kafka's own tools can add partitions)");
    }

    @Test
    void creates_topics_with_the_planned_settings() throws Exception {
        done("topics", "create", "--partitions", "2");
        List<TopicPlan> plans = TopicPlan.of(Topics.of(prefix), 2);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            for (TopicPlan plan : plans) {
                ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, plan.name());
                // A broker may learn of a new topic later than its controller.
                Config found = await().ignoreException(ExecutionException.class)
                        .until(() -> admin.describeConfigs(List.of(topic)).all().get(), Objects::nonNull)
                        .get(topic);
                assertThat(found.get("cleanup.policy").value()).as(plan.name()).isEqualTo(plan.cleanupPolicy());
                plan.settings()
                        .forEach((key, value) -> assertThat(found.get(key).value())
                                .as(plan.name() + ": " + key)
                                .isEqualTo(value));
            }
        }
    }

    @Test
    void rejects_an_unsuitable_topic_and_creates_nothing() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(prefix + ".parameters", 1, (short) 1)))
                    .all()
                    .get();
        }

        Run run = run("topics", "create");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err().strip())
                .isEqualTo("freshet: topic " + prefix + ".parameters: cleanup.policy: delete (expected: compact)");
        assertThat(run("topics", "list").out().lines().filter(line -> line.contains("missing")))
                .hasSize(7);
    }

    private Run done(String... arguments) {
        return run(arguments).done();
    }

    private Run run(String... arguments) {
        return Run.at(kafka.bootstrapServers(), prefix, arguments);
    }
}

package io.freshet.cli.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.schemas.avro.ExportFormat;
import io.freshet.schemas.kafka.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.junit.jupiter.api.Test;

/** Catches a topic that drops records that a restart still needs. */
class TopicPlanTest {
    private static final Topics TOPICS = Topics.of("freshet");
    private static final List<TopicPlan> PLANS = TopicPlan.of(TOPICS, 4);

    /** Otherwise blocks that a failed trainer wrote without a manifest replace blocks that the last manifest lists. */
    @Test
    void blocks_of_the_last_complete_snapshot_outlive_a_restart_of_the_trainer() {
        Duration lag = Duration.ofMillis(
                Long.parseLong(plan(TOPICS.parameters()).settings().get("min.compaction.lag.ms")));
        Duration detection = HeartbeatManagerOptions.HEARTBEAT_TIMEOUT.defaultValue();
        Duration backoff = RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF.defaultValue();
        assertThat(lag).isGreaterThan(detection.plus(backoff).multipliedBy(2));
    }

    @Test
    void only_topics_of_snapshots_and_specifications_are_compacted() {
        assertThat(PLANS)
                .filteredOn(TopicPlan::compacted)
                .extracting(TopicPlan::name)
                .containsExactly(TOPICS.models(), TOPICS.parameters(), TOPICS.committed());
        assertThat(PLANS).filteredOn(TopicPlan::fixed).containsExactly(plan(TOPICS.models()));
    }

    @Test
    void copies_have_the_settings_of_their_originals() {
        assertThat(TopicPlan.exports(TOPICS, 4, ExportFormat.JSON))
                .extracting(TopicPlan::name)
                .containsExactly("freshet.history-json", "freshet.metrics-json");
        assertThat(TopicPlan.exports(TOPICS, 4, ExportFormat.JSON))
                .extracting(TopicPlan::settings)
                .containsExactly(
                        plan(TOPICS.history()).settings(),
                        plan(TOPICS.metrics()).settings());
    }

    @Test
    void a_limited_topic_keeps_at_most_so_many_bytes_of_all_partitions_and_nothing_else_changes() {
        long bytes = 256L << 20;
        for (TopicPlan plan : PLANS) {
            Map<String, String> settings = new HashMap<>(plan.limited(bytes).settings());
            String retained = settings.remove("retention.bytes");
            if (plan.compacted()) {
                assertThat(retained).isNull();
            } else {
                assertThat(Long.parseLong(retained) * plan.partitions()).isEqualTo(bytes);
            }
            assertThat(settings.remove("compression.type")).isEqualTo("zstd");
            assertThat(Long.parseLong(settings.remove("segment.bytes"))).isBetween(1L << 20, bytes / 16);
            assertThat(plan.settings()).containsAllEntriesOf(settings);
        }
    }

    @Test
    void a_limited_topic_of_many_partitions_has_segments_that_kafka_accepts() {
        assertThat(plan(TOPICS.samples()).with(64).limited(1 << 20).settings())
                .containsEntry("segment.bytes", Integer.toString(1 << 20))
                .containsEntry("retention.bytes", Integer.toString(1 << 14));
    }

    private static TopicPlan plan(String name) {
        return PLANS.stream()
                .filter(plan -> plan.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}

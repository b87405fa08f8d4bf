package io.freshet.cli.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.schemas.export.ExportFormat;
import io.freshet.schemas.topic.Topics;
import java.time.Duration;
import java.util.List;
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

    private static TopicPlan plan(String name) {
        return PLANS.stream()
                .filter(plan -> plan.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}

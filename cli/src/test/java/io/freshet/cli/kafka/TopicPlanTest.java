package io.freshet.cli.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.schemas.topic.Topics;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.junit.jupiter.api.Test;

/** Catches a topic that drops what a restart still needs. */
class TopicPlanTest {
    private static final Topics TOPICS = Topics.of("freshet");
    private static final List<TopicPlan> PLANS = TopicPlan.of(TOPICS, 4);

    /** Blocks without their manifest, of a trainer that died, would else replace those that the last manifest names. */
    @Test
    void blocks_of_the_last_whole_snapshot_outlive_the_restart_of_a_trainer() {
        Duration lag = Duration.ofMillis(
                Long.parseLong(plan(TOPICS.parameters()).settings().get("min.compaction.lag.ms")));
        Duration noticed = HeartbeatManagerOptions.HEARTBEAT_TIMEOUT.defaultValue();
        Duration pause = RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF.defaultValue();
        assertThat(lag).isGreaterThan(noticed.plus(pause).multipliedBy(2));
    }

    @Test
    void snapshots_and_specifications_are_kept_by_their_key_and_all_else_for_a_while() {
        assertThat(PLANS)
                .filteredOn(TopicPlan::compacted)
                .extracting(TopicPlan::name)
                .containsExactly(TOPICS.models(), TOPICS.parameters(), TOPICS.committed());
        assertThat(PLANS).filteredOn(TopicPlan::fixed).containsExactly(plan(TOPICS.models()));
    }

    private static TopicPlan plan(String name) {
        return PLANS.stream()
                .filter(plan -> plan.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}

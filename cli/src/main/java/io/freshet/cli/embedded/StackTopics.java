package io.freshet.cli.embedded;

import io.freshet.cli.kafka.TopicPlan;
import io.freshet.schemas.topic.Topics;
import java.util.List;

/**
 * The topics of a {@link LocalStack}.
 *
 * @param partitions of the samples topic; the others have one
 */
public record StackTopics(Topics topics, int partitions) {
    static StackTopics of(int partitions) {
        return new StackTopics(Topics.of(Topics.DEFAULT_PREFIX), partitions);
    }

    List<TopicPlan> plans() {
        return TopicPlan.of(topics, 1).stream()
                .map(plan -> plan.name().equals(topics.samples()) ? plan.with(partitions) : plan)
                .toList();
    }
}

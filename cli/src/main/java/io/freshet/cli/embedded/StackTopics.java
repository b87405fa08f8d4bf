package io.freshet.cli.embedded;

import io.freshet.cli.kafka.TopicPlan;
import io.freshet.schemas.topic.Topics;
import java.util.List;
import java.util.stream.Stream;

/**
 * The topics of a {@link LocalStack}.
 *
 * @param partitions of the samples topic; the others have one
 */
public record StackTopics(Topics topics, int partitions) {
    static StackTopics of(int partitions) {
        return new StackTopics(Topics.of(Topics.DEFAULT_PREFIX), partitions);
    }

    /** Returns the topics of any stack, whether or not a model has {@code join} by now. */
    public static Stream<TopicPlan> all(Topics topics) {
        return Stream.concat(TopicPlan.of(topics, 1).stream(), TopicPlan.loop(topics, 1).stream());
    }

    List<TopicPlan> plans() {
        return all(topics)
                .map(plan -> plan.name().equals(topics.samples()) ? plan.with(partitions) : plan)
                .toList();
    }
}

package io.freshet.cli.dev;

import io.freshet.cli.kafka.TopicPlan;
import io.freshet.schemas.kafka.Topics;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The topics of a {@link LocalStack}.
 *
 * @param partitions of the samples topic; the others have one
 * @param bytes that each topic keeps at most, about, or null for no limit
 */
public record StackTopics(
        Topics topics, int partitions, @Nullable Long bytes) {
    /** Returns the topics of any stack, whether or not a model has {@code join} by now. */
    public static Stream<TopicPlan> all(Topics topics) {
        return Stream.concat(TopicPlan.of(topics, 1).stream(), TopicPlan.loop(topics, 1).stream());
    }

    List<TopicPlan> plans() {
        return all(topics)
                .map(plan -> plan.name().equals(topics.samples()) ? plan.with(partitions) : plan)
                .map(plan -> bytes == null ? plan : plan.limited(bytes))
                .toList();
    }
}

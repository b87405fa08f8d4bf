package io.freshet.job.join;

import io.freshet.schemas.kafka.Topics;
import java.io.Serializable;

/**
 * The names of the topics that the join reads, for headers.
 *
 * @param requests topic of answers, or of features
 */
public record JoinTopics(String requests, String outcomes) implements Serializable {
    /** Returns the topics of a deployment that logs its answers. */
    public static JoinTopics of(Topics topics) {
        return new JoinTopics(topics.answers(), topics.outcomes());
    }
}

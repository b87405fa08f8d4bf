package io.freshet.job.topology;

import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;

import io.freshet.schemas.kafka.Topics;
import java.util.List;

/** The fewest rights that the job needs. The starts of names include the copies of {@code --export}, and the committed lane. */
public final class JobRights {
    private JobRights() {}

    /** Returns the rights of a job with the default consumer group. */
    public static List<Right> of(Topics topics) {
        return of(topics, topics.prefix() + "-trainer");
    }

    static List<Right> of(Topics topics, String group) {
        return List.of(
                Right.on(TOPIC, topics.samples(), READ),
                Right.on(TOPIC, topics.models(), READ),
                Right.onAll(TOPIC, topics.parameters(), WRITE),
                // To find the transactions that a failed attempt left open.
                Right.on(TOPIC, topics.committed(), READ),
                Right.on(TOPIC, topics.rounds(), READ, WRITE),
                Right.onAll(TOPIC, topics.history(), WRITE),
                Right.onAll(TOPIC, topics.metrics(), WRITE),
                Right.on(TOPIC, topics.deadLetters(), WRITE),
                Right.on(GROUP, group, READ),
                Right.onAll(TRANSACTIONAL_ID, topics.committed(), WRITE));
    }
}

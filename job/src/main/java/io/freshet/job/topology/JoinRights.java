package io.freshet.job.topology;

import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;

import io.freshet.job.join.JoinTopics;
import io.freshet.schemas.kafka.Topics;
import java.util.List;

/** The fewest rights that the join needs. */
public final class JoinRights {
    private JoinRights() {}

    /**
     * Returns the rights of a join.
     *
     * @param name start of the names of its transactions
     * @param group its consumer group
     */
    public static List<Right> of(Topics topics, JoinTopics read, String name, String group) {
        return List.of(
                Right.on(TOPIC, read.requests(), READ),
                Right.on(TOPIC, read.outcomes(), READ),
                Right.on(TOPIC, topics.models(), READ),
                // To find in which format the trainer reads samples.
                Right.on(TOPIC, topics.history(), READ),
                // To find the transactions that a failed attempt left open.
                Right.on(TOPIC, topics.samples(), READ, WRITE),
                Right.on(TOPIC, topics.unjoined(), WRITE),
                Right.on(TOPIC, topics.metrics(), WRITE),
                Right.on(TOPIC, topics.deadLetters(), WRITE),
                Right.on(GROUP, group, READ),
                Right.onAll(TRANSACTIONAL_ID, name, WRITE));
    }
}

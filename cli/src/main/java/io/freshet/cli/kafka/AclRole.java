package io.freshet.cli.kafka;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;

import io.freshet.job.join.JoinTopics;
import io.freshet.job.topology.JobRights;
import io.freshet.job.topology.JoinRights;
import io.freshet.job.topology.KafkaJoin;
import io.freshet.job.topology.Right;
import io.freshet.schemas.kafka.Topics;
import java.util.List;

/** Who uses the topics of a deployment, and the fewest rights that each needs. */
enum AclRole {
    /** The Flink job. */
    job {
        @Override
        List<Right> rights(Topics topics) {
            return JobRights.of(topics);
        }
    },

    /** The join. */
    join {
        @Override
        List<Right> rights(Topics topics) {
            String name = topics.prefix() + KafkaJoin.NAME;
            return JoinRights.of(topics, JoinTopics.of(topics), name, name);
        }
    },

    /** The model server, without the options with which it writes. */
    server {
        @Override
        List<Right> rights(Topics topics) {
            return List.of(
                    Right.onAll(TOPIC, topics.parameters(), READ),
                    Right.on(TOPIC, topics.metrics(), READ),
                    Right.on(TOPIC, topics.models(), READ),
                    Right.on(TOPIC, topics.deadLetters(), READ));
        }
    },

    /** {@code freshet feed}, which reads what fields to send. An application that writes samples needs only the first. */
    producer {
        @Override
        List<Right> rights(Topics topics) {
            return List.of(
                    Right.on(TOPIC, topics.samples(), WRITE),
                    Right.on(TOPIC, topics.deadLetters(), WRITE),
                    Right.on(TOPIC, topics.models(), READ),
                    Right.on(TOPIC, topics.history(), READ));
        }
    },

    /** People, for all other commands. */
    operator {
        @Override
        List<Right> rights(Topics topics) {
            return List.of(
                    Right.onAll(TOPIC, topics.prefix() + ".", READ, WRITE, CREATE, DESCRIBE_CONFIGS),
                    Right.on(GROUP, topics.prefix() + "-redrive", READ),
                    Right.on(TRANSACTIONAL_ID, topics.prefix() + "-redrive", WRITE));
        }
    };

    abstract List<Right> rights(Topics topics);
}

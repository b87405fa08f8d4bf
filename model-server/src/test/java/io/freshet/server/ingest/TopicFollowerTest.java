package io.freshet.server.ingest;

import static io.freshet.server.ingest.FollowedTopic.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Would catch an error that ends the thread and leaves the server ready but stale. */
@Timeout(60)
class TopicFollowerTest {
    private final FollowedTopic topic = new FollowedTopic();

    @AfterEach
    void close() {
        topic.close();
    }

    /** Would catch a tombstone that is read again, and removes a model that has been published since. */
    @Test
    void continues_after_the_last_record_after_any_error() {
        FakeConsumer failing = new FakeConsumer("a", "b");
        failing.schedulePollTask(() -> {});
        failing.schedulePollTask(() -> {
            throw new IllegalStateException("poll failed");
        });
        failing.failsToClose = true;
        topic.attempts.add(() -> {
            throw new NoClassDefFoundError("open failed");
        });
        topic.attempts.add(() -> failing);
        topic.follower.start();

        await().untilAsserted(() -> assertThat(topic.received).containsExactly("a", "b"));
        await().until(topic.follower::caughtUp);
        await().untilAsserted(() -> assertThat(topic.lag()).as("no consumer").isEqualTo("NaN"));
        topic.attempts.add(() -> new FakeConsumer("a", "b", "c"));

        await().untilAsserted(() -> assertThat(topic.received).containsExactly("a", "b", "c"));
        await().untilAsserted(() -> assertThat(topic.lag()).isEqualTo("0.0"));
    }

    /** Would catch a consumer that goes on at its offset in the new topic, and misses the records before. */
    @Test
    void reads_a_recreated_topic_from_its_beginning_after_telling_the_sink() {
        FakeConsumer old = new FakeConsumer("a", "b");
        topic.attempts.add(() -> old);
        topic.follower.start();
        await().until(() -> topic.received.size() == 2);

        topic.topicId = Uuid.randomUuid();
        topic.now.addAndGet(10_000);
        topic.attempts.add(() -> new FakeConsumer("c", "d", "e"));
        await().untilAsserted(() -> assertThat(topic.received).containsExactly("a", "b", "recreated", "c", "d", "e"));
    }

    @Test
    void a_topic_that_was_recreated_while_no_broker_answered_is_read_from_its_beginning() {
        FakeConsumer failing = new FakeConsumer("a", "b");
        failing.schedulePollTask(() -> {});
        failing.schedulePollTask(() -> {
            topic.topicId = Uuid.randomUuid();
            throw new TimeoutException("no broker");
        });
        topic.attempts.add(() -> failing);
        topic.attempts.add(() -> new FakeConsumer("c", "d", "e"));
        topic.follower.start();

        await().untilAsserted(() -> assertThat(topic.received).containsExactly("a", "b", "recreated", "c", "d", "e"));
    }

    /** Would catch a server that is ready before it has read a topic that was created after its start. */
    @Test
    void a_topic_that_appears_is_no_longer_missing() {
        FakeConsumer consumer = new FakeConsumer("a");
        consumer.missing = true;
        consumer.updateEndOffsets(Map.of(PARTITION, 2L));
        topic.attempts.add(() -> consumer);
        topic.follower.start();
        await().until(topic.follower::caughtUpOrMissing);
        assertThat(topic.follower.caughtUp()).isFalse();

        consumer.missing = false;
        await().until(() -> topic.received.size() == 1);
        assertThat(topic.follower.caughtUpOrMissing()).as("one record is left").isFalse();
    }

    /** Would catch a server that never starts because it may not read a topic that it can do without. */
    @Test
    void a_topic_that_brokers_refuse_is_waited_for_unless_it_is_optional() {
        for (boolean optional : new boolean[] {false, true}) {
            try (FollowedTopic refused = new FollowedTopic()) {
                refused.optional = optional;
                FakeConsumer first = new FakeConsumer("a");
                first.schedulePollTask(() -> {
                    throw new TopicAuthorizationException("t");
                });
                refused.attempts.add(() -> first);
                refused.follower.start();

                if (optional) {
                    await().until(refused.follower::caughtUpOrMissing);
                } else {
                    refused.attempts.add(() -> {
                        assertThat(refused.follower.caughtUpOrMissing()).isFalse();
                        return new FakeConsumer("a");
                    });
                    await().until(refused.follower::caughtUp);
                }
            }
        }
    }

    @Test
    void the_sink_learns_when_the_topic_is_read_and_again_after_it_was_recreated() {
        topic.attempts.add(() -> new FakeConsumer("a"));
        topic.follower.start();
        await().until(topic.follower::caughtUp);
        assertThat(topic.reached).containsExactly(1);

        topic.topicId = Uuid.randomUuid();
        topic.now.addAndGet(10_000);
        topic.attempts.add(() -> new FakeConsumer("b", "c"));

        await().untilAsserted(() -> assertThat(topic.reached).containsExactly(1, 4));
        assertThat(topic.follower.caughtUp()).isTrue();
        assertThat(topic.received).containsExactly("a", "recreated", "b", "c");
    }

    /** Would catch a server that waits for the end of a topic that has since been recreated with fewer records. */
    @Test
    void catches_up_with_a_recreated_topic_that_is_shorter() {
        FakeConsumer longer = new FakeConsumer("a");
        longer.updateEndOffsets(Map.of(PARTITION, 100L));
        longer.schedulePollTask(() -> {});
        longer.schedulePollTask(() -> {
            topic.topicId = Uuid.randomUuid();
            throw new IllegalStateException("the topic was deleted");
        });
        topic.attempts.add(() -> longer);
        topic.attempts.add(() -> new FakeConsumer("b"));
        topic.follower.start();

        await().until(topic.follower::caughtUp);
        assertThat(topic.received).containsExactly("a", "recreated", "b");
    }

    @Test
    void a_record_that_fails_is_skipped_and_counted_once() {
        FakeConsumer failing = new FakeConsumer("a", "malformed", "error", "b");
        failing.schedulePollTask(() -> {});
        failing.schedulePollTask(() -> {
            throw new IllegalStateException("connect again");
        });
        topic.attempts.add(() -> failing);
        topic.attempts.add(() -> new FakeConsumer("a", "malformed", "error", "b", "c"));
        topic.follower.start();

        await().untilAsserted(() -> assertThat(topic.received).containsExactly("a", "b", "c"));
        assertThat(topic.metrics.scrape()).contains("freshet_records_broken_total{topic=\"t\"} 2.0");
    }
}

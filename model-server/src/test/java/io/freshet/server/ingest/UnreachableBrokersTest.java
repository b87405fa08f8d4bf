package io.freshet.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.schemas.facts.Condition;
import io.freshet.schemas.facts.State;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Brokers that are gone, that hang, or that do not know the topic. */
@Timeout(60)
class UnreachableBrokersTest {
    private final FollowedTopic topic = new FollowedTopic();

    @AfterEach
    void close() {
        topic.close();
    }

    @Test
    void the_lag_is_nan_while_no_broker_is_connected() {
        FakeConsumer consumer = new FakeConsumer("a");
        topic.attempts.add(() -> consumer);
        topic.follower.start();
        await().untilAsserted(() -> assertThat(topic.lag()).isEqualTo("0.0"));

        consumer.connections = 0;
        await().untilAsserted(() -> assertThat(topic.lag()).isEqualTo("NaN"));

        consumer.connections = 2;
        await().untilAsserted(() -> assertThat(topic.lag()).isEqualTo("0.0"));
    }

    @Test
    void the_broker_is_gone_while_no_broker_is_connected() {
        FakeConsumer consumer = new FakeConsumer("a");
        topic.attempts.add(() -> consumer);
        topic.follower.start();
        await().until(() -> topic.received.size() == 1);
        assertThat(topic.condition()).isEqualTo(new Condition(State.TRAINER_GONE, null, null));

        consumer.connections = 0;
        await().untilAsserted(
                        () -> assertThat(topic.condition()).isEqualTo(new Condition(State.BROKER_GONE, 1_000L, null)));

        consumer.connections = 1;
        await().untilAsserted(() -> assertThat(topic.condition().state()).isEqualTo(State.TRAINER_GONE));
    }

    /** Would catch a paused broker, whose connections stay open. */
    @Test
    void the_broker_is_gone_since_its_last_answer_if_it_is_connected_but_silent() {
        FakeConsumer consumer = new FakeConsumer("a");
        topic.attempts.add(() -> consumer);
        topic.follower.start();
        await().until(() -> topic.received.size() == 1);

        consumer.hangs = true;
        topic.now.set(10_000);
        await().untilAsserted(
                        () -> assertThat(topic.condition()).isEqualTo(new Condition(State.BROKER_GONE, 1_000L, null)));
        assertThat(topic.metric("freshet_broker_connected")).isEqualTo("0.0");

        consumer.hangs = false;
        await().untilAsserted(() -> assertThat(topic.condition().state()).isEqualTo(State.TRAINER_GONE));
    }

    @Test
    void the_broker_is_gone_if_no_consumer_can_connect() {
        topic.attempts.add(() -> {
            throw new TimeoutException("no broker");
        });
        topic.follower.start();
        await().untilAsserted(
                        () -> assertThat(topic.condition()).isEqualTo(new Condition(State.BROKER_GONE, 1_000L, null)));

        topic.attempts.add(() -> new FakeConsumer("a"));
        await().untilAsserted(() -> assertThat(topic.condition().state()).isEqualTo(State.TRAINER_GONE));
    }

    /** Would catch a server that takes a right which it could do without for a broker that is gone, for all models. */
    @Test
    void a_refused_right_to_a_topic_that_the_server_can_do_without_is_an_answer() {
        topic.optional = true;
        refuse();
        topic.follower.start();
        await().untilAsserted(() ->
                assertThat(topic.metric("freshet_broker_connected")).isEqualTo("1.0"));
        assertThat(topic.condition()).isEqualTo(new Condition(State.TRAINER_GONE, null, null));
    }

    /** Would catch a partition without a leader, of a topic that no model needs, that hides the states of all models. */
    @Test
    void a_failure_of_a_topic_that_the_server_can_do_without_says_nothing_about_the_trainer() {
        topic.optional = true;
        topic.attempts.add(() -> {
            throw new TimeoutException("no leader");
        });
        topic.follower.start();
        await().untilAsserted(() ->
                assertThat(topic.metric("freshet_broker_connected")).isEqualTo("0.0"));
        assertThat(topic.condition()).isEqualTo(new Condition(State.TRAINER_GONE, null, null));
    }

    @Test
    void a_refused_right_to_a_topic_that_the_server_needs_is_a_broker_that_is_gone() {
        refuse();
        topic.follower.start();
        await().untilAsserted(
                        () -> assertThat(topic.condition()).isEqualTo(new Condition(State.BROKER_GONE, 1_000L, null)));
    }

    private void refuse() {
        topic.attempts.add(() -> {
            throw new TopicAuthorizationException(FollowedTopic.TOPIC);
        });
    }

    /** Would catch an alert on brokers that are there, for a topic that a deployment may never have. */
    @Test
    void the_brokers_of_a_missing_topic_are_reached_until_they_stop_answering() {
        FakeConsumer consumer = new FakeConsumer();
        consumer.missing = true;
        topic.attempts.add(() -> consumer);
        topic.follower.start();
        await().until(topic.follower::caughtUpOrMissing);
        await().untilAsserted(() ->
                assertThat(topic.metric("freshet_broker_connected")).isEqualTo("1.0"));
        assertThat(topic.lag()).isEqualTo("NaN");

        consumer.hangs = true;
        await().untilAsserted(() ->
                assertThat(topic.metric("freshet_broker_connected")).isEqualTo("0.0"));
    }
}

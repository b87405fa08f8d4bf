package io.freshet.server;

import io.freshet.learning.spec.stream.PublishSpec.Lane;
import io.freshet.schemas.topic.Topics;
import io.freshet.server.ingest.BrokerWatch;
import io.freshet.server.ingest.ConformanceModels;
import io.freshet.server.ingest.ConsumerSettings;
import io.freshet.server.ingest.EvaluationIngest;
import io.freshet.server.ingest.ParameterIngest;
import io.freshet.server.ingest.RecordSink;
import io.freshet.server.ingest.TopicFollower;
import org.jspecify.annotations.Nullable;

/** Reads the topics of both lanes, and that of the metrics, into the server's state. */
final class Ingest implements AutoCloseable {
    private final TopicFollower parameters;
    private final TopicFollower committed;
    private final TopicFollower evaluations;
    private final BrokerWatch brokers;

    Ingest(ServerOptions options, ConsumerSettings settings, ServerState state) {
        Topics topics = options.kafka().topics();
        brokers = new BrokerWatch(options.kafka().bootstrapServers(), state.signs);
        ParameterIngest eager = lane(Lane.EAGER, options, state);
        if (options.serving().conformanceModels()) {
            ConformanceModels.publish(eager, state.clock.millis());
        }
        parameters = follower(settings, topics.parameters(), eager, state);
        committed = follower(settings, topics.committed(), lane(Lane.COMMITTED, options, state), state);
        evaluations = follower(settings, topics.metrics(), evaluations(state), state);
    }

    static ParameterIngest lane(Lane lane, ServerOptions options, ServerState state) {
        return new ParameterIngest(
                lane, state.store, state.metrics, options.serving().gates(), state.clock);
    }

    static EvaluationIngest evaluations(ServerState state) {
        return new EvaluationIngest(
                state.evaluations, state.signs, state.curves::add, state.curves::remove, state.clock);
    }

    private static TopicFollower follower(ConsumerSettings settings, String topic, RecordSink sink, ServerState state) {
        return new TopicFollower(
                settings, topic, sink, new TopicFollower.Observers(state.metrics, state.signs, state.clock));
    }

    void start() {
        brokers.start();
        parameters.start();
        committed.start();
        evaluations.start();
    }

    /** Returns whether the parameters are read that the topics had when they were first reached. */
    boolean caughtUp() {
        return parameters.caughtUp() && committed.caughtUpOrMissing();
    }

    /** Returns why the brokers do not answer, or null if they do, or may soon. */
    @Nullable String problem() {
        return brokers.problem();
    }

    @Override
    public void close() {
        brokers.close();
        parameters.close();
        committed.close();
        evaluations.close();
    }
}

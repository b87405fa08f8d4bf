package io.freshet.server;

import io.freshet.learning.spec.PublishSpec.Lane;
import io.freshet.schemas.kafka.Topics;
import io.freshet.server.ingest.AppliedModelIngest;
import io.freshet.server.ingest.BrokerWatch;
import io.freshet.server.ingest.ConformanceModels;
import io.freshet.server.ingest.ConsumerSettings;
import io.freshet.server.ingest.DeadLetterTail;
import io.freshet.server.ingest.EvaluationIngest;
import io.freshet.server.ingest.JoinReportIngest;
import io.freshet.server.ingest.ParameterIngest;
import io.freshet.server.ingest.RecordSink;
import io.freshet.server.ingest.TopicFollower;
import io.freshet.server.store.ModelStore;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the topics of both lanes, and those of metrics, models, and dead letters, into the server's state. */
final class Ingest implements AutoCloseable {
    /** Topics of dead letters that are followed. */
    private static final int MAXIMUM_TOPICS = 16;

    private final TopicFollower parameters;
    private final TopicFollower committed;
    private final TopicFollower evaluations;
    private final TopicFollower applied;
    private final DeadLetterTail rejections;
    private final BrokerWatch brokers;

    Ingest(ServerOptions options, ConsumerSettings settings, ServerState state) {
        Topics topics = options.kafka().topics();
        brokers = new BrokerWatch(options.kafka().bootstrapServers(), state.signs);
        parameters = follower(settings, topics.parameters(), lane(Lane.EAGER, options, state), state);
        committed = follower(settings, topics.committed(), lane(Lane.COMMITTED, options, state), state);
        evaluations = follower(settings, topics.metrics(), evaluations(state), state);
        applied = follower(settings, topics.models(), new AppliedModelIngest(state.applied, state.store), state);
        rejections = new DeadLetterTail(
                settings,
                () -> deadLetters(topics, state.store),
                options.endpoint()::shownReason,
                state.signs.rejections(),
                state.clock);
    }

    static ParameterIngest lane(Lane lane, ServerOptions options, ServerState state) {
        ParameterIngest ingest = new ParameterIngest(
                lane, state.store, state.metrics, options.serving().gates(), state.clock);
        if (lane == Lane.EAGER && options.serving().conformanceModels()) {
            ConformanceModels.publish(ingest, state.clock.millis());
        }
        return ingest;
    }

    static EvaluationIngest evaluations(ServerState state) {
        JoinReportIngest joins = new JoinReportIngest(state.joins, state.curves::add, state.curves::removeScored);
        return new EvaluationIngest(
                state.evaluations, state.signs, joins, state.curves::add, state.curves::remove, state.clock);
    }

    /** Returns the topics of dead letters: the configured one, and those that snapshots name. */
    static Set<String> deadLetters(Topics topics, ModelStore store) {
        Set<String> letters = new TreeSet<>(Set.of(topics.deadLetters()));
        store.models().stream()
                .filter(model -> !model.topic().isEmpty())
                .map(model -> new Topics(topics.prefix(), model.topic()).deadLetters())
                .distinct()
                .limit(MAXIMUM_TOPICS - 1)
                .forEach(letters::add);
        return letters;
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
        applied.start();
        rejections.start();
    }

    /** Returns whether the parameters and models are read that the topics had when they were first reached. */
    boolean caughtUp() {
        return parameters.caughtUp() && committed.caughtUpOrMissing() && applied.caughtUpOrMissing();
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
        applied.close();
        rejections.close();
    }
}

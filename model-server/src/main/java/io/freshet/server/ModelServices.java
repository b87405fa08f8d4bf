package io.freshet.server;

import io.freshet.server.answers.AnswerLog;
import io.freshet.server.answers.AnswerTopic;
import io.freshet.server.http.ModelRepository;
import io.freshet.server.inspect.Inspections;
import io.freshet.server.learn.LearnTopic;
import io.freshet.server.predict.AnswerSink;
import io.freshet.server.predict.Inference;
import io.freshet.server.predict.InferenceService;
import io.freshet.server.predict.Shadows;
import io.freshet.server.predict.UnknownKeyRule;
import io.freshet.server.predict.versions.ModelQueries;
import io.freshet.server.predict.versions.VersionLookup;
import org.jspecify.annotations.Nullable;

/** What answers requests about models, whatever their protocol, and what they start and do not wait for. */
final class ModelServices implements AutoCloseable {
    final Readiness readiness;
    final VersionLookup lookup;
    final InferenceService inference;
    final ModelQueries queries;
    final ModelRepository repository;
    final Inspections inspections;
    /** Null if the server accepts no rows to learn. */
    final @Nullable LearnTopic samples;

    /** Null if answers are not logged. */
    private final @Nullable AnswerLog answers;

    private final Shadows shadows;

    ModelServices(ServerOptions options, ServerState state, Readiness readiness, Inspections.RecentRecords recent) {
        ServerOptions.Serving serving = options.serving();
        this.readiness = readiness;
        lookup = new VersionLookup(
                state.store,
                model -> !readiness.isCaughtUp()
                        || state.store.isEmpty()
                        || state.evaluations.models().contains(model),
                model -> readiness.isCaughtUp() ? state.untrained.model(model) : null);
        samples = samples(options);
        answers = answers(options, state);
        AnswerSink sink = answers == null ? AnswerSink.NONE : answers;
        Inference rows = new Inference(
                new UnknownKeyRule(state.store, serving.unknownKeys(), serving.parents()),
                state.conditions,
                state.clock);
        shadows = new Shadows(rows, state.metrics, sink);
        inference = new InferenceService(lookup, rows, state.metrics, sink, shadows);
        queries = new ModelQueries(lookup, state.metrics, state.conditions, state.clock);
        repository = new ModelRepository(state.store, lookup, state.clock);
        inspections = new Inspections(
                state.store, lookup, state.evaluations, recent, options.kafka().topics());
    }

    private static @Nullable LearnTopic samples(ServerOptions options) {
        String topic = options.writing().samples();
        ServerOptions.Kafka kafka = options.kafka();
        return topic == null ? null : new LearnTopic(kafka.bootstrapServers(), kafka.settings(), topic);
    }

    private static @Nullable AnswerLog answers(ServerOptions options, ServerState state) {
        ServerOptions.Answers answers = options.writing().answers();
        ServerOptions.Kafka kafka = options.kafka();
        return answers == null
                ? null
                : new AnswerLog(
                        new AnswerTopic(
                                kafka.bootstrapServers(),
                                kafka.settings(),
                                answers.topic(),
                                answers.policy().deadline()),
                        answers.policy(),
                        state.metrics,
                        state.clock);
    }

    /** Fails the rows that no broker has acknowledged, so that their requests end. */
    void stopLearning() {
        if (samples != null) {
            samples.close();
        }
    }

    @Override
    public void close() {
        stopLearning();
        shadows.close();
        if (answers != null) {
            answers.close();
        }
    }
}

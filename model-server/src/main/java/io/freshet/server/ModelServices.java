package io.freshet.server;

import io.freshet.server.answers.AnswerLog;
import io.freshet.server.answers.AnswerTopic;
import io.freshet.server.answers.ReceiptTopic;
import io.freshet.server.http.ModelRepository;
import io.freshet.server.inspect.Inspections;
import io.freshet.server.predict.AnswerSink;
import io.freshet.server.predict.Inference;
import io.freshet.server.predict.InferenceService;
import io.freshet.server.predict.ModelQueries;
import io.freshet.server.predict.Shadows;
import io.freshet.server.predict.UnknownKeyRule;
import io.freshet.server.predict.VersionLookup;
import org.jspecify.annotations.Nullable;

/** What answers requests about models, whatever their protocol, and what they start and do not wait for. */
final class ModelServices implements AutoCloseable {
    final Readiness readiness;
    final VersionLookup lookup;
    final InferenceService inference;
    final ModelQueries queries;
    final ModelRepository repository;
    final UnknownKeyRule unknownKeys;
    final Inspections inspections;
    /** Null if the server accepts no rows to learn. */
    final @Nullable ReceiptTopic samples;
    /** Null if the server accepts no outcomes. */
    final @Nullable ReceiptTopic outcomes;

    /** Null if answers are not logged. */
    private final @Nullable AnswerLog answers;

    private final Shadows shadows;

    ModelServices(ServerOptions options, ServerState state, Readiness readiness, Inspections.RecentRecords recent) {
        ServerOptions.Serving serving = options.serving();
        this.readiness = readiness;
        lookup = new VersionLookup(
                state.store,
                readiness::isCaughtUp,
                model -> state.store.isEmpty() || state.evaluations.models().contains(model));
        samples = topic(options, options.writing().samples(), "learn");
        outcomes = topic(options, options.writing().outcomes(), "feedback");
        answers = answers(options, state);
        AnswerSink sink = answers == null ? AnswerSink.NONE : answers;
        unknownKeys = new UnknownKeyRule(lookup::find, serving.unknownKeys(), serving.parents());
        Inference rows = new Inference(unknownKeys, state.untrained::joinFields, state.conditions, state.clock);
        shadows = new Shadows(rows, state.metrics, sink);
        inference = new InferenceService(lookup, rows, state.metrics, sink, shadows);
        queries = new ModelQueries(lookup, state.metrics, state.conditions, state.clock);
        repository = new ModelRepository(state.store, lookup, state.conditions, state.clock);
        inspections = new Inspections(
                state.store,
                lookup,
                state.evaluations,
                state.conditions,
                recent,
                options.kafka().topics(),
                options.endpoint().isOpen());
    }

    private static @Nullable ReceiptTopic topic(ServerOptions options, @Nullable String topic, String client) {
        ServerOptions.Kafka kafka = options.kafka();
        return topic == null ? null : new ReceiptTopic(kafka.bootstrapServers(), kafka.settings(), topic, client);
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
                        state::joinedSpec,
                        state.metrics,
                        state.clock);
    }

    /** Fails the rows that no broker has acknowledged, so that their requests end. */
    void stopReceiving() {
        if (samples != null) {
            samples.close();
        }
        if (outcomes != null) {
            outcomes.close();
        }
    }

    @Override
    public void close() {
        stopReceiving();
        shadows.close();
        if (answers != null) {
            answers.close();
        }
    }
}

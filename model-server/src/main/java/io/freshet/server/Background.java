package io.freshet.server;

import io.freshet.server.answers.AnswerLog;
import io.freshet.server.answers.AnswerTopic;
import io.freshet.server.learn.SampleTopic;
import io.freshet.server.predict.AnswerSink;
import io.freshet.server.predict.Inference;
import io.freshet.server.predict.Shadows;
import org.jspecify.annotations.Nullable;

/**
 * What requests start and do not wait for, or only those to learn.
 *
 * @param samples null if the server accepts no rows to learn
 * @param answers null if answers are not logged
 */
record Background(@Nullable SampleTopic samples, @Nullable AnswerLog answers, Shadows shadows)
        implements AutoCloseable {
    static Background of(ServerOptions options, ServerState state, Inference inference) {
        String topic = options.writing().samples();
        AnswerLog answers = answerLog(options, state);
        return new Background(
                topic == null ? null : new SampleTopic(options.bootstrapServers(), options.kafka(), topic),
                answers,
                new Shadows(inference, state.metrics(), sink(answers)));
    }

    AnswerSink answerSink() {
        return sink(answers);
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

    private static @Nullable AnswerLog answerLog(ServerOptions options, ServerState state) {
        ServerOptions.Answers answers = options.writing().answers();
        return answers == null
                ? null
                : new AnswerLog(
                        new AnswerTopic(options.bootstrapServers(), options.kafka(), answers.topic()),
                        answers.share(),
                        state.metrics(),
                        state.clock());
    }

    private static AnswerSink sink(@Nullable AnswerLog answers) {
        return answers == null ? AnswerSink.NONE : answers;
    }
}

package io.freshet.server;

import io.freshet.schemas.topic.Topics;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of what the server writes to Kafka; nothing without them. */
final class WritingOptions {
    @Option(
            names = "--learn",
            arity = "0..1",
            fallbackValue = "",
            paramLabel = "<topic>",
            description = "Accept labeled rows at POST /v2/models/MODEL/learn, and write them to the samples topic"
                    + " (default of <topic>: <prefix>.samples). Without a token, only on a loopback address.")
    private @Nullable String learn;

    @Option(
            names = "--log-answers",
            arity = "0..1",
            fallbackValue = "",
            paramLabel = "<topic>",
            description = "Log predictions to a topic, as JSON (default of <topic>: <prefix>.answers).")
    private @Nullable String logAnswers;

    @Option(
            names = "--log-answers-sample",
            defaultValue = "1",
            paramLabel = "<share>",
            description = "Share of the request or row ids whose predictions are logged (default: ${DEFAULT-VALUE}).")
    private double logAnswersSample;

    /** @throws IllegalArgumentException if a value is invalid */
    ServerOptions.Writing options(Topics topics) {
        return new ServerOptions.Writing("".equals(learn) ? topics.samples() : learn, answers(topics));
    }

    private ServerOptions.@Nullable Answers answers(Topics topics) {
        if (logAnswers == null) {
            if (logAnswersSample != 1) {
                throw new IllegalArgumentException(
                        "logAnswersSample: " + logAnswersSample + " (expected: also --log-answers)");
            }
            return null;
        }
        return new ServerOptions.Answers(logAnswers.isEmpty() ? topics.answers() : logAnswers, logAnswersSample);
    }
}

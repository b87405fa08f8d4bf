package io.freshet.server;

import io.freshet.learning.yaml.Durations;
import io.freshet.schemas.kafka.Topics;
import io.freshet.server.answers.AnswerPolicy;
import io.freshet.server.answers.LoggedFields;
import java.time.Duration;
import java.util.Objects;
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

    @Option(
            names = "--log-answers-fields",
            defaultValue = "none",
            paramLabel = "all|none|<field>,...",
            description =
                    "Fields of requests that are logged with their predictions, as the join with outcomes needs them"
                            + " (default: ${DEFAULT-VALUE}).")
    private String logAnswersFields = "";

    @Option(
            names = "--log-answers-required",
            arity = "0..1",
            fallbackValue = "5s",
            paramLabel = "<duration>",
            converter = ServingOptions.DurationConverter.class,
            description =
                    "Return a prediction only after the brokers have logged it; otherwise, after <duration>, respond"
                            + " with 503 (default of <duration>: 5s).")
    private @Nullable Duration logAnswersRequired;

    @Option(
            names = "--feedback",
            arity = "0..1",
            fallbackValue = "",
            paramLabel = "<topic>",
            description = "Accept outcomes of predictions at POST /v2/models/MODEL/feedback, and write them to a topic"
                    + " (default of <topic>: <prefix>.outcomes). Without a token, only on a loopback address.")
    private @Nullable String feedback;

    /** @throws IllegalArgumentException if a value is invalid */
    ServerOptions.Writing options(Topics topics) {
        return new ServerOptions.Writing(
                "".equals(learn) ? topics.samples() : learn,
                "".equals(feedback) ? topics.outcomes() : feedback,
                answers(topics));
    }

    private ServerOptions.@Nullable Answers answers(Topics topics) {
        LoggedFields fields = LoggedFields.parse(logAnswersFields);
        if (logAnswers == null) {
            requireUnset("logAnswersSample", logAnswersSample, 1.0);
            requireUnset("logAnswersFields", logAnswersFields, "none");
            requireUnset(
                    "logAnswersRequired",
                    logAnswersRequired == null ? null : Durations.write(logAnswersRequired.toMillis()),
                    null);
            return null;
        }
        return new ServerOptions.Answers(
                logAnswers.isEmpty() ? topics.answers() : logAnswers,
                new AnswerPolicy(logAnswersSample, fields, logAnswersRequired));
    }

    private static void requireUnset(String option, @Nullable Object value, @Nullable Object unset) {
        if (!Objects.equals(value, unset)) {
            throw new IllegalArgumentException(option + ": " + value + " (expected: also --log-answers)");
        }
    }
}

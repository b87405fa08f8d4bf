package io.freshet.cli.tail;

import static io.freshet.cli.console.OptionValue.require;

import io.freshet.cli.console.MillisConverter;
import io.freshet.cli.kafka.HeaderText;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Selects dead letters, and counts them. */
final class DeadLetterOptions {
    @Option(
            names = "--model",
            paramLabel = "<model>",
            description = "Dead letters of this model, and those of all models.")
    private @Nullable String model;

    @Option(names = "--reason", paramLabel = "<regex>", description = "Dead letters whose message contains a match.")
    private @Nullable Pattern reason;

    @Option(
            names = "--since",
            paramLabel = "<duration>",
            converter = MillisConverter.class,
            description = "Start with the dead letters rejected in this time, such as 10m.")
    private @Nullable Long sinceMillis;

    @Option(
            names = "--summary",
            description = "Count the existing dead letters by model and reason, instead of following them.")
    private boolean summary;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    private long oldest = Long.MIN_VALUE;

    /**
     * Checks the options.
     *
     * @param now milliseconds since 1970, UTC
     */
    void start(TailSource source, long now) {
        boolean used = model != null || reason != null || sinceMillis != null || summary;
        require(
                command,
                !used || source == TailSource.DEAD_LETTERS,
                "--model, --reason, --since, or --summary",
                source,
                "dead-letters");
        oldest = sinceMillis == null ? Long.MIN_VALUE : now - sinceMillis;
    }

    boolean isSummary() {
        return summary;
    }

    /** Returns whether existing dead letters are selected, not only new ones. */
    boolean includesExisting() {
        return summary || sinceMillis != null;
    }

    /** Returns whether a record of the dead-letter topic is selected. */
    boolean selects(ConsumerRecord<byte[], byte[]> record) {
        return isOfModel(record)
                && (reason == null
                        || reason.matcher(HeaderText.of(record.headers(), DeadLetterHeaders.MESSAGE))
                                .find())
                && (sinceMillis == null || rejectedAt(record) >= oldest);
    }

    private boolean isOfModel(ConsumerRecord<byte[], byte[]> record) {
        String rejecting = HeaderText.of(record.headers(), DeadLetterHeaders.MODEL);
        return model == null || rejecting.isEmpty() || rejecting.equals(model);
    }

    private static long rejectedAt(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Long.parseLong(HeaderText.of(record.headers(), DeadLetterHeaders.REJECTED_AT));
        } catch (NumberFormatException e) {
            return record.timestamp();
        }
    }
}

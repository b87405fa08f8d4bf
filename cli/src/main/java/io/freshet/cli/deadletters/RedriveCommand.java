package io.freshet.cli.deadletters;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.Output;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicAdmin;
import io.freshet.schemas.topic.Topics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Sends dead letters to the samples topic again, as they were, each once. */
@Command(
        name = "redrive",
        description = {
            "Sends dead letters to the samples topic again, once each, as they were: key, partition, time, headers, bytes.",
            "A letter of one model is sent for that model alone. One without bytes is looked up in the samples topic."
        })
public final class RedriveCommand implements Callable<Integer> {
    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private Output output = new Output();

    @Option(names = "--samples", paramLabel = "TOPIC", description = "Samples topic (default: PREFIX.samples).")
    private @Nullable String samples;

    @Option(names = "--reason", paramLabel = "REGEX", description = "Only letters whose message has a match of it.")
    private Pattern reason = Pattern.compile("");

    @Option(names = "--stage", paramLabel = "STAGE", description = "Only letters refused there: decode, encode, learn.")
    private @Nullable String stage;

    @Option(names = "--model", paramLabel = "NAME", description = "Only letters that this model refused.")
    private @Nullable String model;

    @Option(
            names = "--partition",
            paramLabel = "N",
            description = "Only letters of this partition of the dead-letter topic, as freshet tail shows it.")
    private @Nullable Integer partition;

    @Option(
            names = "--offset",
            paramLabel = "N",
            description = "Only letters at this offset of the dead-letter topic; may be repeated.")
    private List<Long> offsets = new ArrayList<>();

    @Option(names = "--limit", paramLabel = "N", description = "Send at most N.")
    private long limit = Long.MAX_VALUE;

    @Option(
            names = "--max-attempts",
            paramLabel = "N",
            description = "Leave records that were sent again so often already (default: ${DEFAULT-VALUE}).")
    private int maximumAttempts = 3;

    @Option(
            names = "--from-beginning",
            description = "Send what was sent again before, too; without it each letter is sent once.")
    private boolean fromBeginning;

    @Option(names = "--dry-run", description = "Show what would be sent, and send nothing.")
    private boolean dryRun;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Override
    public Integer call() throws CommandException {
        check("--limit", limit);
        check("--max-attempts", maximumAttempts);
        Topics topics = kafka.topics(samples);
        try (TopicAdmin admin = new TopicAdmin(kafka)) {
            admin.require(List.of(topics.samples(), topics.deadLetters()));
        }
        Redrive redrive = new Redrive(topics, this::isSelected, limit, maximumAttempts, fromBeginning, dryRun);
        Redrive.Counts counts = redrive.run(kafka, dryRun ? this::show : letter -> {});
        summarize(topics, counts);
        if (counts.full) {
            throw new CommandException("stopped: what is left between the letters sent is more than can be remembered"
                    + " (expected: to send that first, without --reason and the like)");
        }
        return 0;
    }

    private boolean isSelected(DeadLetter letter) {
        return (stage == null || stage.equals(letter.stage()))
                && (model == null || model.equals(letter.model()))
                && (partition == null || partition == letter.letter().partition())
                && (offsets.isEmpty() || offsets.contains(letter.letter().offset()))
                && reason.matcher(letter.reason()).find();
    }

    private void show(DeadLetter letter) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("partition", letter.letter().partition());
        json.put("offset", letter.letter().offset());
        json.put("stage", letter.stage());
        json.put("model", letter.model());
        json.put("message", letter.reason());
        output.print(json, letter::toString);
    }

    private void summarize(Topics topics, Redrive.Counts counts) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("topic", topics.deadLetters());
        json.put(dryRun ? "toSend" : "sent", counts.sent);
        json.put("notSelected", counts.notSelected);
        json.put("noRecords", counts.noRecords);
        json.put("gone", counts.gone);
        json.put("tooOften", counts.tooOften);
        output.print(
                json,
                () -> String.format(
                        Locale.ROOT,
                        "%s: %,d %s%s%s%s%s",
                        topics.deadLetters(),
                        counts.sent,
                        dryRun ? "to send" : "sent again",
                        part(counts.notSelected, "not selected"),
                        part(counts.noRecords, "never were a record of " + topics.samples()),
                        part(counts.gone, "no longer in " + topics.samples()),
                        part(counts.tooOften, "sent again " + maximumAttempts + " times already")));
    }

    private static String part(long count, String what) {
        return count == 0 ? "" : String.format(Locale.ROOT, ", %,d %s", count, what);
    }

    private void check(String option, long value) {
        if (value < 1) {
            throw new ParameterException(command.commandLine(), option + ": " + value + " (expected: at least 1)");
        }
    }
}

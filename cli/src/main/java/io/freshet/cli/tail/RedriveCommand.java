package io.freshet.cli.tail;

import static io.freshet.cli.console.OptionValue.require;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.OneLine;
import io.freshet.cli.console.Output;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicAdmin;
import io.freshet.learning.yaml.NameSuggestion;
import io.freshet.learning.yaml.Plural;
import io.freshet.schemas.kafka.Topics;
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
import picocli.CommandLine.Spec;

/** Sends the original records of dead letters to the samples topic again, once each. */
@Command(
        name = "redrive",
        description = {
            "Send dead letters to the samples topic again, once each, with unchanged key, partition, timestamp, and value.",
            "A dead letter of one model is sent to that model only. One without bytes is looked up in the samples topic,"
                    + " and skipped if that was created again since."
        },
        footer = {
            "Examples:",
            "  # See what would be sent, and then send it",
            "  freshet redrive --model delays --dry-run",
            "  freshet redrive --model delays"
        })
public final class RedriveCommand implements Callable<Integer> {
    private static final List<String> STAGES = List.of("decode", "encode", "learn");

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private Output output = new Output();

    @Option(names = "--samples", paramLabel = "<topic>", description = "Samples topic (default: <prefix>.samples).")
    private @Nullable String samples;

    @Option(
            names = "--reason",
            paramLabel = "<regex>",
            description = "Select dead letters whose message contains a match.")
    private Pattern reason = Pattern.compile("");

    @Option(
            names = "--stage",
            paramLabel = "decode|encode|learn",
            description = "Select dead letters rejected at this stage.")
    private @Nullable String stage;

    @Option(
            names = "--model",
            paramLabel = "<model>",
            description =
                    "Select dead letters rejected by this model only; those of all models, such as malformed records,"
                            + " are left.")
    private @Nullable String model;

    @Option(
            names = "--partition",
            paramLabel = "<n>",
            description = "Select dead letters in this partition of the dead-letter topic, as printed by freshet tail.")
    private @Nullable Integer partition;

    @Option(
            names = "--offset",
            paramLabel = "<n>",
            description = "Select dead letters at this offset of the dead-letter topic; may be repeated.")
    private List<Long> offsets = new ArrayList<>();

    @Option(names = "--limit", paramLabel = "<n>", description = "Maximum number of dead letters to send.")
    private long limit = Long.MAX_VALUE;

    @Option(
            names = "--max-attempts",
            paramLabel = "<n>",
            description = "Skip records that were already sent again this many times (default: ${DEFAULT-VALUE}).")
    private int maximumAttempts = 3;

    @Option(names = "--from-beginning", description = "Include dead letters that were already sent again.")
    private boolean fromBeginning;

    @Option(
            names = "--dry-run",
            description = "Print what would be sent without sending it, and the totals to standard error.")
    private boolean dryRun;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Override
    public Integer call() throws CommandException {
        require(command, limit >= 1, "--limit", limit, "at least 1");
        require(command, maximumAttempts >= 1, "--max-attempts", maximumAttempts, "at least 1");
        if (stage != null) {
            String expected = String.join(", ", STAGES) + NameSuggestion.hint(stage, STAGES);
            require(command, STAGES.contains(stage), "--stage", stage, expected);
        }
        Topics topics = kafka.topics(samples);
        String samplesId;
        try (TopicAdmin admin = new TopicAdmin(kafka)) {
            admin.require(topics.deadLetters());
            samplesId = admin.id(topics.samples());
        }
        Redrive redrive =
                new Redrive(topics, samplesId, this::isSelected, limit, maximumAttempts, fromBeginning, dryRun);
        Redrive.Counts counts = redrive.run(kafka, dryRun ? this::show : letter -> {});
        summarize(topics, counts);
        if (counts.outOfRoom) {
            throw new CommandException("stopped: too many gaps between the dead letters sent to record in a commit"
                    + " (expected: send those in between first, without --reason or other filters)");
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
        output.print(json, () -> OneLine.of(letter.toString()));
    }

    private void summarize(Topics topics, Redrive.Counts counts) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("topic", topics.deadLetters());
        json.put(dryRun ? "toSend" : "sent", counts.sent);
        json.put("notSelected", counts.notSelected);
        json.put("noRecords", counts.noRecords);
        json.put("gone", counts.gone);
        json.put("otherTopic", counts.otherTopic);
        json.put("tooOften", counts.tooOften);
        String text = String.format(
                Locale.ROOT,
                "%s: %,d %s%s%s%s%s%s",
                topics.deadLetters(),
                counts.sent,
                dryRun ? "to send" : "sent again",
                part(counts.notSelected, "not selected"),
                part(counts.noRecords, "never on " + topics.samples()),
                part(counts.gone, "no longer on " + topics.samples()),
                part(
                        counts.otherTopic,
                        "of an earlier topic " + topics.samples() + ", or of a job started before it was created"),
                part(counts.tooOften, "already sent again " + Plural.of(maximumAttempts, "time")));
        if (dryRun) {
            // The output consists of dead letters.
            output.printAside(json, () -> text);
        } else {
            output.print(json, () -> text);
        }
    }

    private static String part(long count, String outcome) {
        return count == 0 ? "" : String.format(Locale.ROOT, ", %,d %s", count, outcome);
    }
}

package io.freshet.cli.history;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.Output;
import io.freshet.cli.history.LearnedSamples.Emitted;
import io.freshet.cli.input.InputException;
import io.freshet.cli.kafka.AppliedSpecs;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.LoopTopics;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.snapshot.HistoryEntry;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints why an answer was what it was, and what became of it. */
@Command(
        name = "answer",
        description = {
            "Print what was asked and answered under an id, by which version and why, and its outcome.",
            "Computes the prediction again from the parameters of that version.",
            "Exit code 1 if it differs, and 3 if a version that may have answered cannot be rebuilt, or a topic not read.",
            "Needs a server with --log-answers and --log-answers-fields all."
        },
        exitCodeList = {
            "0:done",
            "1:different, or failed",
            "2:wrong usage or bad input",
            "3:not computed again, ambiguous, or incomplete"
        },
        footer = {"Examples:", "  freshet answer flight-17 --model delays"})
public final class AnswerCommand implements Callable<Integer> {
    @Parameters(paramLabel = "<id>", description = "Id of the answered row.")
    private String id = "";

    @Option(names = "--model", paramLabel = "<model>", description = "Name of the model, if several answered the id.")
    private @Nullable String model;

    @Mixin
    private LoopTopics loop = new LoopTopics();

    @Option(
            names = "--contributions",
            paramLabel = "<n>",
            description = "Print this many contributions, the largest ones (default: ${DEFAULT-VALUE}).")
    private int contributions = 10;

    @Mixin
    private Rebuilder rebuilder = new Rebuilder();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() throws CommandException, InputException {
        if (contributions < 0) {
            throw new InputException("--contributions: " + contributions + " (expected: at least 0)");
        }
        KafkaOptions kafka = rebuilder.kafka();
        Topics topics = kafka.topics(null);
        FirstAnswer asked = FirstAnswer.find(kafka, loop.answers(topics), id, model);
        LoggedAnswer answer = asked.answer();
        AnsweringVersion versions = new AnsweringVersion(answer);
        Part<History> history =
                Part.read(kafka, () -> History.read(kafka, answer.predictedBy(), answer.predictedKey(), versions::add));
        List<HistoryEntry> candidates = versions.candidates();
        Part<ModelSpec> spec = Part.read(kafka, () -> spec(answer, candidates));
        String keyField = spec.value() == null ? null : spec.value().key();
        Explanation explanation = Explanation.of(answer, candidates, history, rebuilder, keyField);
        HistoryEntry version = explanation.version();
        String samples = version == null ? rebuilder.samples().name(topics.samples()) : rebuilder.topic(version);
        Consequences consequences = Consequences.of(kafka, loop.outcomes(topics), samples, asked, spec);
        Part<List<@Nullable Long>> learned = Part.read(kafka, () -> learned(answer, consequences.samples()));
        AnswerReport report = new AnswerReport(asked, explanation, consequences, learned);
        output.print(report.json(), () -> report.text(contributions));
        int code = explanation.result().exitCode();
        return code == 0 && !report.unread().isEmpty() ? Explanation.Result.UNKNOWN.exitCode() : code;
    }

    /** @return the specification of the model that was asked */
    private ModelSpec spec(LoggedAnswer answer, List<HistoryEntry> candidates) throws CommandException {
        if (answer.parent() == null && !candidates.isEmpty()) {
            return candidates.get(0).spec();
        }
        AppliedSpecs.Applied applied = AppliedSpecs.read(rebuilder.kafka()).get(answer.model());
        if (applied == null) {
            throw new CommandException(
                    "the specification of " + answer.model() + " is unknown (expected: an applied model)");
        }
        return applied.spec();
    }

    /** @return the first version that has received each sample, or null */
    private List<@Nullable Long> learned(LoggedAnswer answer, Part<List<Emitted>> samples) throws CommandException {
        if (samples.value() == null || samples.value().isEmpty()) {
            return List.of();
        }
        LearningVersions versions = new LearningVersions(samples.value());
        History.read(rebuilder.kafka(), answer.model(), answer.key(), versions::add);
        return versions.versions();
    }
}

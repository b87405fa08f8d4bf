package io.freshet.cli.answer;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.Output;
import io.freshet.cli.history.History;
import io.freshet.cli.input.InputException;
import io.freshet.cli.kafka.AppliedSpecs;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.LoopTopics;
import io.freshet.cli.lineage.Rebuilder;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.history.HistoryEntry;
import io.freshet.schemas.topic.Topics;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints why an answer was what it was, and what became of it. */
@Command(
        name = "answer",
        showDefaultValues = true,
        description = {
            "Print what was asked and answered under an id, by which version and why, and its outcome.",
            "Computes the prediction again from the parameters of that version. Exit code 1 if it differs.",
            "Needs a server with --log-answers and --log-answers-fields all."
        })
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
            description = "Print this many contributions, the largest ones.")
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
        History history = History.read(kafka, answer.model(), answer.key(), versions::add);
        HistoryEntry version = versions.find();
        Cause cause = answer.hasFields() && version != null ? Cause.of(answer, rebuilder.find(version, history)) : null;
        String samples = version == null ? rebuilder.samples().name(topics.samples()) : rebuilder.topic(version);
        ModelSpec spec = version == null ? applied(answer) : version.spec();
        Consequences consequences = Consequences.of(kafka, loop.outcomes(topics), samples, asked, spec);
        LearningVersions learned = new LearningVersions(consequences.samples());
        History.read(kafka, answer.model(), answer.key(), learned::add);
        AnswerReport report = new AnswerReport(asked, version, cause, consequences, learned.versions());
        output.print(report.json(), () -> report.text(contributions));
        return cause == null || cause.isIdentical(answer) ? 0 : 1;
    }

    private ModelSpec applied(LoggedAnswer answer) throws CommandException {
        return AppliedSpecs.read(rebuilder.kafka()).require(answer.model()).spec();
    }
}

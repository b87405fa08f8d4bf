package io.freshet.cli.answer;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.Output;
import io.freshet.cli.history.History;
import io.freshet.cli.input.InputException;
import io.freshet.cli.kafka.AppliedSpecs;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.lineage.Rebuilder;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.history.HistoryEntry;
import io.freshet.schemas.topic.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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

    @Option(names = "--answers", paramLabel = "<topic>", description = "Topic of answers (default: <prefix>.answers).")
    private @Nullable String answers;

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
        LoggedAnswer answer = select(kafka, answers == null ? topics.answers() : answers);
        AnsweringVersion versions = new AnsweringVersion(answer);
        History history = History.read(kafka, answer.model(), answer.key(), versions::add);
        HistoryEntry version = versions.find();
        Cause cause = answer.hasFields() && version != null ? Cause.of(answer, rebuilder.find(version, history)) : null;
        Consequences consequences = version == null
                ? Consequences.of(kafka, rebuilder.samples().name(topics.samples()), answer, applied(answer), id)
                : Consequences.of(kafka, rebuilder.topic(version), answer, version.spec(), id);
        LearningVersions learned = new LearningVersions(consequences.samples());
        History.read(kafka, answer.model(), answer.key(), learned::add);
        AnswerReport report = new AnswerReport(id, answer, version, cause, consequences, learned.versions());
        output.print(report.json(), () -> report.text(contributions));
        return cause == null || cause.isIdentical(answer) ? 0 : 1;
    }

    private ModelSpec applied(LoggedAnswer answer) throws CommandException {
        return AppliedSpecs.read(rebuilder.kafka()).require(answer.model()).spec();
    }

    /** Returns the newest answer of the id that was returned to a client, or else the newest one. */
    private LoggedAnswer select(KafkaOptions kafka, String topic) throws CommandException, InputException {
        List<LoggedAnswer> found = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : RecordsOfId.find(kafka, topic, id, 0)) {
            LoggedAnswer answer = LoggedAnswer.read(record);
            if (model == null || model.equals(answer.model())) {
                found.add(answer);
            }
        }
        if (found.isEmpty()) {
            throw new CommandException("id " + id + ": no answer" + (model == null ? "" : " of model " + model) + " on "
                    + topic + " (expected: one that a server logged with --log-answers, within the topic's retention)");
        }
        List<LoggedAnswer> returned =
                found.stream().filter(answer -> !answer.isShadow()).toList();
        List<LoggedAnswer> candidates = returned.isEmpty() ? found : returned;
        TreeSet<String> models = new TreeSet<>();
        candidates.forEach(answer -> models.add(answer.model()));
        if (models.size() > 1) {
            throw new InputException("--model: missing (expected: one of " + String.join(", ", models)
                    + ", which all answered id " + id + ")");
        }
        return candidates.get(candidates.size() - 1);
    }
}

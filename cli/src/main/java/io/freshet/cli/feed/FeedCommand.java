package io.freshet.cli.feed;

import static io.freshet.cli.console.OptionValue.require;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.Output;
import io.freshet.cli.console.Terminal;
import io.freshet.cli.input.FileFormat;
import io.freshet.cli.input.Format;
import io.freshet.cli.input.RowFiles;
import io.freshet.cli.input.SpecFiles;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicAdmin;
import io.freshet.cli.kafka.TopicFormats;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.Plural;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.snapshot.TopicFormat;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Sends the rows of files to the samples topic, or outcomes to theirs. The specifications determine the fields of samples and
 * their types.
 *
 * <p>If all keyed models share one key field, its text is the record key, so samples of a key keep their order. Each
 * sample records its epoch. If a model holds out samples by record id, the id is the row number, the same in each
 * epoch. An invalid row becomes one dead letter, regardless of the number of epochs.
 */
@Command(
        name = "feed",
        description = "Send the rows of files to the samples topic, or outcomes of predictions to the outcomes topic.",
        footer = {
            "Examples:",
            "  # Send the rows that the applied models learn, 500 per second",
            "  freshet feed --input flights.csv --rate 500",
            "  # Report the outcomes of predictions",
            "  freshet feed --outcomes landings.csv --model delays"
        })
public final class FeedCommand implements Callable<Integer> {
    @Option(
            names = "--input",
            arity = "1..*",
            paramLabel = "<file>",
            description =
                    "File of rows: .csv, .svm, .libsvm, .jsonl, or .ndjson, optionally with .gz, or .parquet; - for stdin."
                            + " Several files are sent in the order given; a pattern such as 'data/*.csv' selects files in the"
                            + " order of their names.")
    private List<Path> input = new ArrayList<>();

    @Option(
            names = "--outcomes",
            arity = "1..*",
            paramLabel = "<file>",
            description = "File of outcomes of predictions, to send to the outcomes topic instead: .csv with the"
                    + " columns id, value, time, outcome_id, exposure, and model, of which only id is required, or"
                    + " .jsonl with these fields. With --model, values that are no labels of the model are rejected.")
    private List<Path> outcomes = new ArrayList<>();

    @Mixin
    private FileFormat format = new FileFormat();

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private Output output = new Output();

    @Option(
            names = "--samples",
            paramLabel = "<topic>",
            description = "Samples topic, whose dead letters receive invalid rows (default: <prefix>.samples).")
    private @Nullable String samples;

    @Option(
            names = "--topic",
            paramLabel = "<topic>",
            description = "Topic to send to (default: --samples, or <prefix>.outcomes with --outcomes).")
    private @Nullable String topic;

    @Option(
            names = "--spec",
            paramLabel = "<file>",
            description = "Specification whose fields to send; may be repeated (default: all applied specifications).")
    private List<Path> specFiles = new ArrayList<>();

    @Option(names = "--rate", paramLabel = "<n>", description = "Rows per second (default: unlimited).")
    private double rate = Double.POSITIVE_INFINITY;

    @Option(names = "--limit", paramLabel = "<n>", description = "Maximum number of rows to send, over all epochs.")
    private long limit = Long.MAX_VALUE;

    @Option(
            names = "--epochs",
            paramLabel = "<n>",
            description = "Number of times to send the file, in file order. Each sample records its epoch, unless --as"
                    + " json (default: ${DEFAULT-VALUE}).")
    private int epochs = 1;

    @Option(
            names = "--model",
            paramLabel = "<model>",
            description =
                    "Send the samples to this model only; may be repeated. Without --spec, only the fields of these"
                            + " models are sent. Rows that a model's when does not select are skipped (default: all models).")
    private List<String> models = new ArrayList<>();

    @Option(
            names = "--as",
            paramLabel = "avro|json",
            description = "Send Avro samples, or the unchanged rows of a JSON file, for a job with --format json"
                    + " (default: as the job recorded, or avro).")
    private @Nullable Wire as;

    @Mixin
    private RejectLimit limitOfRejected = new RejectLimit();

    @Option(names = "--live-event-time", description = "Use the time of sending as the event time.")
    private boolean liveEventTime;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    private final boolean handlesSignals;
    private volatile @Nullable Termination termination;

    /** Creates a command that ends at SIGTERM or Ctrl-C. */
    public FeedCommand() {
        this(true);
    }

    private FeedCommand(boolean handlesSignals) {
        this.handlesSignals = handlesSignals;
    }

    /** Returns a command that only {@link #stop} ends early. */
    public static FeedCommand withoutSignals() {
        return new FeedCommand(false);
    }

    /** Format of the records sent. */
    enum Wire {
        avro,
        json
    }

    @Override
    public Integer call() throws CommandException, IOException {
        require(command, rate > 0, "--rate", rate, "> 0");
        require(command, limit >= 1, "--limit", limit, "at least 1");
        if (!outcomes.isEmpty()) {
            return sendOutcomes();
        }
        if (input.isEmpty()) {
            throw new ParameterException(command.commandLine(), "--input: missing (expected: a file)");
        }
        require(command, samples == null || topic == null, "--topic", topic, "none with --samples and --input");
        RowFiles files = format.files(input);
        require(command, epochs >= 1, "--epochs", epochs, "at least 1");
        check(as == null ? Wire.avro : as, files, "--as");
        List<String> named = List.copyOf(new LinkedHashSet<>(models));
        List<ModelSpec> given = SpecFiles.read(specFiles);
        if (epochs > 1) {
            files.requireRegular();
        }
        if (!given.isEmpty() && !files.hasPipe()) {
            // Report a bad file before waiting for Kafka.
            files.check(RowLayout.of(given), RowTargets.optional(given, named));
        }
        Topics topics = kafka.topics(topic == null ? samples : topic);
        try (TopicAdmin admin = new TopicAdmin(kafka)) {
            admin.require(List.of(topics.samples(), topics.deadLetters()));
        }
        Wire wire = wire(TopicFormats.find(kafka, topics), files);
        List<ModelSpec> specs = given.isEmpty() ? FeedSpecs.applied(kafka, named) : given;
        if (given.isEmpty() && !files.hasPipe()) {
            FeedSpecs.requireFields(files, specs, named);
        }
        RowFeed feed = new RowFeed(
                files, specs, named, wire == Wire.json, new RowFeed.Pace(rate, limit, epochs, liveEventTime));
        return send(topics, topics.samples(), feed::run);
    }

    private int sendOutcomes() throws CommandException, IOException {
        requireNoneBesideOutcomes();
        RowFiles files = format.files(outcomes);
        if (files.format() != Format.CSV && files.format() != Format.JSON_LINES) {
            throw new ParameterException(
                    command.commandLine(), "--outcomes: " + files.format() + " (expected: csv or jsonl)");
        }
        if (!files.hasPipe()) {
            files.check(OutcomeRow.LAYOUT, OutcomeRow.OPTIONAL);
        }
        Topics topics = kafka.topics(samples);
        String to = topic == null ? topics.outcomes() : topic;
        boolean isOther = topics.reserved().contains(to) || to.equals(topics.answers());
        require(command, !isOther, "--topic", to, "a topic of outcomes only");
        try (TopicAdmin admin = new TopicAdmin(kafka)) {
            admin.require(List.of(to, topics.deadLetters()));
        }
        ModelSpec model =
                models.isEmpty() ? null : FeedSpecs.applied(kafka, models).get(0);
        if (model != null && model.join() == null) {
            throw new CommandException(
                    "--model: " + model.name() + " (expected: a model with join in its specification)");
        }
        OutcomeFeed feed = new OutcomeFeed(files, new OutcomeRow(files.format(), model), rate, limit);
        return send(topics, to, feed::run);
    }

    private void requireNoneBesideOutcomes() {
        Map<String, Boolean> others = new LinkedHashMap<>();
        others.put("--input", !input.isEmpty());
        others.put("--spec", !specFiles.isEmpty());
        others.put("--as", as != null);
        others.put("--epochs", epochs != 1);
        others.put("--live-event-time", liveEventTime);
        others.put("--model more than once", models.size() > 1);
        others.forEach((option, given) -> {
            if (given) {
                throw new ParameterException(
                        command.commandLine(), option + ": given (expected: none with --outcomes)");
            }
        });
    }

    /** Sends rows until the end, or until something ends the feed early. */
    private interface Rows {
        void send(SampleProducer producer, FeedProgress progress, PrintWriter err) throws CommandException, IOException;
    }

    /**
     * @param to the topic that receives valid rows
     * @return the exit code: 1 if too many rows are bad, or all
     */
    private int send(Topics topics, String to, Rows rows) throws CommandException, IOException {
        FeedProgress progress = new FeedProgress(command.commandLine().getErr(), Terminal.isUsed(), System::nanoTime);
        try (SampleProducer producer = new SampleProducer(kafka, to, topics.deadLetters());
                Termination ending =
                        new Termination(progress, producer, () -> summarize(to, topics.deadLetters(), progress))) {
            if (handlesSignals) {
                ending.handleSignals();
            }
            termination = ending;
            rows.send(producer, progress, command.commandLine().getErr());
            producer.flush();
            ending.delivered();
        }
        boolean isNothingSent = progress.sent() == 0 && progress.bad() > 0;
        boolean isOver = limitOfRejected.isOverMaximum(command.commandLine().getErr(), progress.bad(), progress.rows());
        return isOver || isNothingSent ? 1 : 0;
    }

    /**
     * Ends the feed from another thread. Returns when the rows that were sent are delivered and the totals printed, or when the
     * thread is interrupted; immediately if nothing is being sent.
     */
    public void stop() {
        Termination running = termination;
        if (running != null) {
            running.terminate();
        }
    }

    private void check(Wire wire, RowFiles files, String source) {
        if (wire == Wire.json && (!models.isEmpty() || liveEventTime || files.format() != Format.JSON_LINES)) {
            throw new ParameterException(
                    command.commandLine(),
                    source + ": json (expected: a file of JSON lines, without --model and --live-event-time)");
        }
    }

    /**
     * Returns the format to send.
     *
     * @param known format in which a job reads the topic; null if unknown
     * @throws ParameterException if the job could not read what would be sent
     */
    private Wire wire(@Nullable TopicFormat known, RowFiles files) {
        Wire given = as == null ? Wire.avro : as;
        if (known == null || as != null && as.name().equals(known.format())) {
            return given;
        }
        if (as != null || known.format().equals("confluent")) {
            throw new ParameterException(
                    command.commandLine(),
                    "--as: " + given + " (expected: " + known.format() + ", in which the job reads " + known.topic()
                            + (known.format().equals("confluent") ? "; feed cannot write it)" : ")"));
        }
        Wire recorded = Wire.valueOf(known.format());
        check(recorded, files, "format of " + known.topic());
        return recorded;
    }

    private void summarize(String to, String rejected, FeedProgress progress) {
        progress.clear();
        double seconds = progress.seconds();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("topic", to);
        json.put("sent", progress.sent());
        json.put("bad", progress.bad());
        json.put("skipped", progress.skipped());
        json.put("seconds", seconds);
        String skipped = progress.skipped() == 0 ? "" : String.format(Locale.ROOT, ", %,d skipped", progress.skipped());
        String deadLetters = progress.bad() == 0 ? "" : ", in " + rejected;
        output.print(
                json,
                () -> String.format(
                        Locale.ROOT,
                        "%s: %s sent, %,d bad%s%s (%.1f s, %,.0f rows/s)",
                        to,
                        Plural.of(progress.sent(), "row"),
                        progress.bad(),
                        deadLetters,
                        skipped,
                        seconds,
                        progress.sent() / seconds));
    }
}

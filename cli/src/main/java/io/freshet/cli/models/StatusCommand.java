package io.freshet.cli.models;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.Output;
import io.freshet.cli.console.StatusLine;
import io.freshet.cli.console.Table;
import io.freshet.cli.console.Terminal;
import io.freshet.cli.console.TokenFile;
import io.freshet.cli.input.InputException;
import io.freshet.cli.kafka.AppliedSpecs;
import io.freshet.cli.kafka.AppliedSpecs.Applied;
import io.freshet.cli.kafka.EvaluationReader;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.predict.ModelClient;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.SpecException;
import io.freshet.schemas.facts.Problem;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows whether each model learns, and whether the job and the server are well. */
@Command(
        name = "status",
        description = "Show what each model is doing, and whether the job and the server are well.",
        footer = {
            "States: learning; catching up, with a backlog; idle, without anything new to learn; frozen; held, with snapshots "
                    + "withheld since the loss exploded; finished; rejecting, more records than it learns; failed; trainer "
                    + "gone. Problems are below the table, with their reasons, the worst of each model first.",
            "Figures are those of the newest evaluation within the last day: the version published last, and how long ago; the "
                    + "mean loss of the window and since the start, the rate between the last two, and the samples still to be learned.",
            "Joined models have a second table: open requests, closed ones with and without an outcome, and outcomes that were "
                    + "late, of no request, or doubled. Delays are those of first outcomes, of closed requests. Losses are those "
                    + "of the last window: of the answers, as their predictions expect it, and of the trainer.",
            "Rejected records are those of the last ten seconds, with the reason of the newest. The newest 10,000 dead letters "
                    + "are read; more are extrapolated.",
            "With --server, SERVED is the version that answers requests and SERVED AGE the time since it was published. Pins "
                    + "of older versions, refused snapshots, and unloaded models are problems.",
            "",
            "Examples:",
            "  freshet status --watch",
            "  # Also ask a server what it serves",
            "  freshet status delays --server http://localhost:8000"
        })
public final class StatusCommand implements Callable<Integer> {
    private static final long WATCH_MILLIS = 2_000;
    /** Moves the cursor to the top left, and erases what is below it. */
    private static final String REDRAW = "\u001b[H\u001b[J";

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private Output output = new Output();

    @Parameters(arity = "0..1", paramLabel = "<model>", description = "Show only this model.")
    private @Nullable String model;

    @Option(
            names = "--samples",
            paramLabel = "<topic>",
            description = "Samples topic, whose dead letters are read (default: <prefix>.samples).")
    private @Nullable String samples;

    @Option(
            names = "--server",
            paramLabel = "<url>",
            defaultValue = "${env:FRESHET_SERVER}",
            description =
                    "Also ask this model server whether it is ready, and what it serves (default: $FRESHET_SERVER).")
    private @Nullable URI server;

    @Option(names = "--token-file", paramLabel = "<file>", description = "File with the server's bearer token.")
    private @Nullable Path tokenFile;

    @Option(names = "--flink", paramLabel = "<url>", description = "Also ask this Flink job manager for its jobs.")
    private @Nullable URI flink;

    @Option(names = "--watch", description = "Show the status every two seconds, until interrupted.")
    private boolean watch;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    private final ModelStatuses statuses = new ModelStatuses();

    @Override
    public Integer call() throws CommandException, InputException, InterruptedException {
        requireHttp("--server", server);
        requireHttp("--flink", flink);
        ModelClient client = client();
        kafka.connect().close();
        try (EvaluationReader evaluations = ModelStatuses.open(kafka, System.currentTimeMillis())) {
            show(evaluations, client);
            while (watch && !output.closed()) {
                Thread.sleep(WATCH_MILLIS);
                show(evaluations, client);
            }
        }
        return 0;
    }

    private void requireHttp(String option, @Nullable URI address) {
        if (address != null
                && (address.getHost() == null
                        || !String.valueOf(address.getScheme()).startsWith("http"))) {
            throw new ParameterException(
                    command.commandLine(), option + ": " + address + " (expected: http://HOST:PORT)");
        }
    }

    /** Returns a client of the server, or null if none is named. */
    private @Nullable ModelClient client() throws InputException {
        if (server == null) {
            return null;
        }
        StatusLine progress = new StatusLine(command.commandLine().getErr(), false);
        return new ModelClient(server.toString(), TokenFile.read(tokenFile), progress, System::nanoTime);
    }

    private void show(EvaluationReader evaluations, @Nullable ModelClient client) throws CommandException {
        long now = System.currentTimeMillis();
        statuses.update(evaluations, now);
        statuses.updateRejections(kafka, kafka.topics(samples), now);
        AppliedSpecs applied = AppliedSpecs.read(kafka);
        List<ModelSpec> specs = (model == null ? applied.all() : List.of(applied.require(model)))
                .stream().map(Applied::spec).toList();
        List<JoinStatus> joins =
                specs.stream().map(statuses::join).filter(Objects::nonNull).toList();
        Map<String, String> services = new LinkedHashMap<>();
        Map<String, ServedStatus> served = new LinkedHashMap<>();
        if (server != null && client != null) {
            services.put("server", ask(server, client, specs, served, now));
        }
        if (flink != null) {
            services.put("flink", new ServiceHealth().flink(flink));
        }
        List<ModelStatus> models = specs.stream()
                .map(spec -> statuses.of(spec, now))
                .map(status -> status.with(served.getOrDefault(status.model(), ServedStatus.UNKNOWN)
                        .problems()))
                .toList();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(
                "models",
                models.stream()
                        .map(status -> fields(status, joins, served.get(status.model())))
                        .toList());
        Problem undecodable = statuses.undecodable(now);
        if (undecodable != null) {
            json.put("undecodable", ModelStatus.fields(undecodable));
        }
        if (model == null && !applied.malformed().isEmpty()) {
            json.put("malformed", applied.malformed());
        }
        json.putAll(services);
        output.print(
                json,
                () -> (watch && Terminal.isUsed() ? REDRAW : "")
                        + text(models, joins, served, undecodable, services)
                        + (model == null ? malformed(applied) : ""));
    }

    /** Returns how the server is, and adds what it serves of each model, if it answers that. */
    private static String ask(
            URI server, ModelClient client, List<ModelSpec> specs, Map<String, ServedStatus> served, long now) {
        String health = new ServiceHealth().server(server);
        if (health.startsWith(ServiceHealth.NO_ANSWER)) {
            return health;
        }
        try {
            JsonNode index = client.index();
            specs.forEach(spec -> served.put(spec.name(), ServedStatus.of(index, spec.name(), now)));
            return health;
        } catch (CommandException e) {
            return health + "; served versions are not known: " + e.getMessage();
        }
    }

    private static String malformed(AppliedSpecs applied) {
        StringBuilder lines = new StringBuilder();
        applied.malformed()
                .forEach((name, reason) -> lines.append(System.lineSeparator())
                        .append("model ")
                        .append(SpecException.shortened(name))
                        .append(": ")
                        .append(reason));
        return lines.toString();
    }

    private static Map<String, @Nullable Object> fields(
            ModelStatus status, List<JoinStatus> joins, @Nullable ServedStatus served) {
        Map<String, @Nullable Object> fields = status.fields();
        if (served != null) {
            fields.put("served", served.fields());
        }
        joins.stream()
                .filter(join -> join.model().equals(status.model()))
                .forEach(join -> fields.put("join", join.fields()));
        return fields;
    }

    /** Returns the columns of a row, without those about the server if nothing is known of it. */
    private static String[] columns(String[] row, String[] ofServer, Map<String, ServedStatus> served) {
        return served.isEmpty()
                ? row
                : Stream.concat(Arrays.stream(row), Arrays.stream(ofServer)).toArray(String[]::new);
    }

    private String text(
            List<ModelStatus> models,
            List<JoinStatus> joins,
            Map<String, ServedStatus> served,
            @Nullable Problem undecodable,
            Map<String, String> services) {
        List<String> lines = new ArrayList<>();
        if (models.isEmpty()) {
            lines.add("no models (expected: freshet apply -f <file>)");
        } else {
            Table table = new Table(columns(ModelStatus.HEADER, ServedStatus.HEADER, served));
            models.forEach(status -> table.addStyled(columns(
                    status.row(output.styles()),
                    served.getOrDefault(status.model(), ServedStatus.UNKNOWN).row(),
                    served)));
            lines.add(table.toString());
        }
        if (!joins.isEmpty()) {
            Table table = new Table(JoinStatus.HEADER);
            joins.forEach(join -> table.add(join.row()));
            lines.add(System.lineSeparator() + table);
        }
        models.forEach(status -> lines.addAll(status.problemLines(output.styles())));
        if (undecodable != null) {
            lines.add(output.styles().of(undecodable.level(), undecodable.text()));
        }
        if (statuses.unreadable() != null) {
            lines.add(statuses.unreadable());
        }
        if (statuses.clock() != null) {
            lines.add(statuses.clock());
        }
        services.forEach((service, state) -> lines.add(service + ": " + state));
        return String.join(System.lineSeparator(), lines);
    }
}

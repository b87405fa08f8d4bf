package io.freshet.cli.dev;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.input.InputException;
import io.freshet.cli.kafka.AppliedSpecs;
import io.freshet.cli.kafka.AppliedSpecs.Applied;
import io.freshet.cli.models.ApplyCommand;
import io.freshet.cli.train.ProgressTable;
import io.freshet.job.topology.FormatOptions;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.LatestEvaluations;
import io.freshet.server.ModelServer;
import io.freshet.server.ServerOptions;
import io.freshet.server.answers.AnswerPolicy;
import io.freshet.server.answers.LoggedFields;
import io.freshet.server.request.UnknownKeys;
import io.freshet.server.store.VersionLimits;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.jspecify.annotations.Nullable;

/**
 * Runs a broker, a job, and a server in this process, applies the specifications of a {@link Program}, sends its samples, and
 * prints the progressive metrics of the models.
 */
public final class Dev {
    /** New keys get an answer too, or they would never learn. */
    private static final ServerOptions.Serving ANSWERING =
            new ServerOptions.Serving(UnknownKeys.ZERO, Map.of(), VersionLimits.DEFAULT, null, List.of(), false);
    /** All answers with all fields; no request is answered before the broker has its answer. */
    private static final AnswerPolicy LOGGED = new AnswerPolicy(1, LoggedFields.ALL, Duration.ofSeconds(10));

    private static final Duration TABLE_INTERVAL = Duration.ofSeconds(5);
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);
    /** How long the sender may take to stop: it may be waiting for a row of a pipe. */
    private static final long STOP_MILLIS = 2_000;
    /** How long the samples already sent may take to be delivered. The broker may have failed. */
    private static final long DELIVERY_MILLIS = 10_000;

    private final DevSettings settings;
    private final Program program;
    private final PrintWriter out;
    private final PrintWriter err;
    private final long start = System.nanoTime();

    public Dev(DevSettings settings, Program program, PrintWriter out, PrintWriter err) {
        this.settings = settings;
        this.program = program;
        this.out = out;
        this.err = err;
    }

    /**
     * Runs the stack.
     *
     * @param duration time from now; null to run until the JVM exits
     * @throws CommandException if the job or the broker fails
     */
    public void run(@Nullable Duration duration) throws Exception {
        print("starting Kafka, Flink, and the model server in this process ...");
        try (LocalStack stack = settings.open()) {
            stack.afterStop(() -> print("stopped; " + settings.directory().outcome()));
            try {
                run(start(stack), duration);
            } catch (Exception e) {
                // A signal stops the stack on another thread, and this one loses what it uses.
                if (!stack.isClosing()) {
                    throw e;
                }
            }
        }
    }

    private RunningStack start(LocalStack stack) throws Exception {
        for (Path file : program.specifications(stack.directory())) {
            apply(file, stack.bootstrapServers());
        }
        List<ModelSpec> models = AppliedSpecs.read(stack.kafkaOptions()).all().stream()
                .map(Applied::spec)
                .toList();
        boolean joins = haveJoin(models);
        DevJobs jobs = new DevJobs(stack, settings.format());
        String format = jobs.formatName();
        requireAvro(format, models);
        CompletableFuture<JobResult> job = start(jobs, joins);
        ModelServer server = ModelServer.start(serverOptions(stack, format, joins));
        return new RunningStack(stack, job, server, format, models);
    }

    /** Applies a specification. A model that refuses it stays as it is, and stops no other. */
    private void apply(Path file, String bootstrapServers) throws Exception {
        try {
            new CommandCall(out, err)
                    .run(
                            new ApplyCommand(),
                            List.of("--file", file.toString(), "--wait", "0", "--bootstrap-servers", bootstrapServers));
        } catch (InputException e) {
            warn("not applied: " + e.getMessage());
        }
    }

    /** Starts the trainer, and the join if a model has one. The result is that of the job that ends first. */
    private CompletableFuture<JobResult> start(DevJobs jobs, boolean joins) throws Exception {
        LocalCluster cluster = jobs.stack().cluster();
        CompletableFuture<JobResult> trainer = cluster.result(jobs.startTrainer(settings.state()));
        return joins ? trainer.applyToEither(cluster.result(jobs.startJoin()), Function.identity()) : trainer;
    }

    private static boolean haveJoin(List<ModelSpec> models) {
        return models.stream().anyMatch(model -> model.join() != null);
    }

    /** The join writes its samples as Avro, for the trainer to read. */
    static void requireAvro(String format, List<ModelSpec> models) throws CommandException {
        if (haveJoin(models) && !format.equals(FormatOptions.AVRO)) {
            throw new CommandException(
                    "--format: " + format + " (expected: " + FormatOptions.AVRO + " for models with join)");
        }
    }

    /** The server accepts rows to learn if the job reads what it writes; it logs answers and accepts outcomes if they are joined. */
    private ServerOptions serverOptions(LocalStack stack, String format, boolean joins) throws Exception {
        String learned = format.equals(FormatOptions.AVRO) ? stack.topics().samples() : null;
        ServerOptions.Writing writing = joins
                ? new ServerOptions.Writing(
                        learned,
                        stack.topics().outcomes(),
                        new ServerOptions.Answers(stack.topics().answers(), LOGGED))
                : new ServerOptions.Writing(learned, null);
        ServerOptions options = ServerOptions.of(stack.bootstrapServers());
        return options.withServing(joins ? ANSWERING : options.serving())
                .withAddress(ServerOptions.DEFAULT_HOST, settings.port())
                .withWriting(writing)
                .withFlinkUrl(stack.cluster().webAddress().toString());
    }

    private void run(RunningStack stack, @Nullable Duration duration) throws Exception {
        Thread sender = new Thread(() -> send(stack), "freshet-samples");
        sender.setDaemon(true);
        stack.stack().beforeStop(() -> {
            stop(sender);
            stack.server().close();
        });
        sender.start();
        program.awaitReady(stack);
        new Greeting(stack, out).print(program);
        watch(stack, duration);
    }

    /** Ends the sender by its program, so that nothing sent is lost. */
    private void stop(Thread sender) {
        Thread delivery = new Thread(() -> program.stop(sender), "freshet-delivery");
        delivery.setDaemon(true);
        delivery.start();
        try {
            delivery.join(DELIVERY_MILLIS);
            delivery.interrupt();
            sender.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(RunningStack stack) {
        try {
            program.send(stack);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            if (!Thread.currentThread().isInterrupted() && !stack.isClosing()) {
                warn("sending stopped: " + e.getMessage());
            }
        }
    }

    /** Prints a line for each model that has learned, every few seconds, until the duration ends or something fails. */
    private void watch(RunningStack stack, @Nullable Duration duration) throws Exception {
        ProgressTable table = new ProgressTable(out, stack.models());
        LatestEvaluations evaluations = stack.server().latestEvaluations();
        long end = duration == null ? Long.MAX_VALUE : start + duration.toNanos();
        long next = System.nanoTime() + TABLE_INTERVAL.toNanos();
        while (System.nanoTime() < end && !stack.isClosing()) {
            stack.requireRunning();
            long wait = Math.min(next, end) - System.nanoTime();
            if (wait > 0) {
                stack.awaitJob(Duration.ofNanos(Math.min(wait, CHECK_INTERVAL.toNanos())));
                continue;
            }
            next += TABLE_INTERVAL.toNanos();
            for (String model : evaluations.models()) {
                Tally total = evaluations.total(model);
                if (total != null) {
                    table.finish(model, total);
                }
            }
        }
    }

    private void warn(String message) {
        err.println("freshet: " + message);
        err.flush();
    }

    private void print(String line) {
        out.println(line);
        out.flush();
    }
}

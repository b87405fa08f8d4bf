package io.freshet.cli.models;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.MillisConverter;
import io.freshet.cli.console.Output;
import io.freshet.cli.console.StatusLine;
import io.freshet.cli.console.Terminal;
import io.freshet.cli.input.InputException;
import io.freshet.cli.input.SpecFile;
import io.freshet.cli.input.SpecFiles;
import io.freshet.cli.kafka.AppliedSpecs;
import io.freshet.cli.kafka.AppliedSpecs.Applied;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.SnapshotSource;
import io.freshet.cli.kafka.TopicAdmin;
import io.freshet.learning.predict.WarmStart;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.TrainingSpec;
import io.freshet.learning.spec.WarmStartReference;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.WarmStartCodec;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
 * Writes specifications and the parameters of warm starts to the models topic. All are validated before any is written.
 */
@Command(
        name = "apply",
        description = "Create or change models; a running job applies the changes without a restart.",
        exitCodeList = {
            "0:done",
            "1:failed",
            "2:wrong usage or bad input",
            "3:written, but not known to be in effect within --wait"
        },
        footer = {
            "Examples:",
            "  # See what would change, and then change it",
            "  freshet apply -f delays.yaml --dry-run",
            "  freshet apply -f delays.yaml",
            "  # Go back to the parameters of version 41",
            "  freshet apply -f delays.yaml --from delays@41"
        })
public final class ApplyCommand implements Callable<Integer> {
    /** Limit of the warm-start parameters, which every task keeps in broadcast state. */
    private static final long MAXIMUM_BYTES = 128L << 20;

    private static final long DEFAULT_WAIT_MILLIS = 60_000;
    private static final int NOT_IN_EFFECT = 3;

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private Output output = new Output();

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "<file>",
            description = "Specification of one model in YAML; - for stdin; may be repeated.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--from",
            paramLabel = "<file>|<model>[@<version>]",
            description =
                    "Start the model from these parameters, or switch it to them: a snapshot file written by train --save,"
                            + " or the snapshots published by a model. Requires exactly one --file.")
    private @Nullable String from;

    @Option(
            names = "--reset",
            description = "Start a model from scratch if its state is incompatible, as with reset: true in the file.")
    private boolean reset;

    @Option(
            names = "--bounded",
            description =
                    "Apply to a job started with --bounded. Allows batch.size: full, which learns its epochs at the"
                            + " end of the topic; otherwise, the sender repeats and shuffles the samples, as with feed --epochs.")
    private boolean bounded;

    @Option(names = "--dry-run", description = "Print the changes without applying them.")
    private boolean dryRun;

    @Option(
            names = "--wait",
            paramLabel = "<duration>",
            converter = MillisConverter.class,
            description =
                    "How long to wait until a running job uses the changes, which is at its next checkpoint; 0 to return"
                            + " at once. If given, exit code 3 if no running job is known to use them by then"
                            + " (default: 1m).")
    private @Nullable Long waitMillis;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Override
    public Integer call() throws CommandException, InputException, InterruptedException {
        List<SpecFile> specs = SpecFiles.readFiles(files);
        if (from != null && specs.size() > 1) {
            throw new ParameterException(
                    command.commandLine(), "--from: with " + specs.size() + " files (expected: one)");
        }
        for (SpecFile file : specs) {
            checkForStream(file.spec());
        }
        try (TopicAdmin admin = new TopicAdmin(kafka)) {
            // Without this topic, the job could not start the model.
            if (specs.stream().anyMatch(file -> file.spec().replicas() != null)) {
                admin.require(kafka.topics(null).rounds());
            }
        }
        AppliedSpecs applied = AppliedSpecs.read(kafka);
        List<PublishedSnapshot> snapshots = from == null ? List.of() : SnapshotSource.read("--from", from, null, kafka);
        WarmStart warmStart = from == null ? null : warmStart(from, snapshots);
        List<SpecPlan> plans = new ArrayList<>();
        for (SpecFile file : specs) {
            plans.add(plan(file, applied, warmStart));
        }
        long end = dryRun ? 0 : write(plans, applied, snapshots);
        plans.forEach(this::print);
        // A bounded job uses the changes before its start.
        boolean isUsed = end == 0 || bounded || awaitEffect(end, waitMillis == null ? DEFAULT_WAIT_MILLIS : waitMillis);
        return isUsed || waitMillis == null ? 0 : NOT_IN_EFFECT;
    }

    private boolean awaitEffect(long end, long limitMillis) throws InterruptedException {
        if (limitMillis == 0) {
            return true;
        }
        PrintWriter err = command.commandLine().getErr();
        ChangeInEffect.Result result =
                ChangeInEffect.await(kafka, end, limitMillis, new StatusLine(err, Terminal.isUsed()));
        if (!result.news().isEmpty()) {
            err.println("freshet: " + result.news());
        }
        return result.isKept();
    }

    private static WarmStart warmStart(String from, List<PublishedSnapshot> snapshots) throws InputException {
        try {
            return WarmStart.of(
                    snapshots.stream().map(PublishedSnapshot::snapshot).toList());
        } catch (IllegalArgumentException e) {
            throw new InputException("--from: " + from + ": " + e.getMessage());
        }
    }

    private SpecPlan plan(SpecFile file, AppliedSpecs applied, @Nullable WarmStart warmStart) throws InputException {
        String name = file.spec().name();
        Applied before = applied.get(name);
        ModelSpec spec = before == null ? file.spec() : file.change(before.spec());
        ModelSpec requested = reset ? spec.withStream(spec.stream().withReset(true)) : spec;
        String malformed = applied.malformed().get(name);
        if (malformed != null) {
            return SpecPlan.replacing(malformed, requested, warmStart);
        }
        SpecPlan plan = SpecPlan.of(before == null ? null : before.spec(), requested, warmStart);
        if (reset && !plan.startsFromScratch()) {
            warn(
                    spec,
                    "--reset: no effect, since the state is compatible (to start from scratch, delete the model and"
                            + " apply it again)");
        }
        return plan;
    }

    /** @return the offset after the last change; 0 if there is none */
    private static long write(List<SpecPlan> plans, AppliedSpecs applied, List<PublishedSnapshot> snapshots)
            throws CommandException, InputException {
        List<KeyedBytes> parts = new ArrayList<>();
        List<ModelSpec> changed = new ArrayList<>();
        for (SpecPlan plan : plans) {
            WarmStartReference warmStart = plan.after().stream().warmStart();
            if (plan.isChange()) {
                changed.add(plan.after());
                if (warmStart != null && plan.startsFromOtherParameters()) {
                    parts.addAll(new WarmStartCodec().write(plan.after().name(), warmStart.checksum(), snapshots));
                }
            }
        }
        long bytes = 0;
        for (KeyedBytes record : parts) {
            byte[] value = record.value();
            bytes += value == null ? 0 : value.length;
        }
        if (bytes > MAXIMUM_BYTES) {
            throw new InputException("--from: " + bytes + " bytes (expected: up to " + MAXIMUM_BYTES
                    + ", since every checkpoint contains them)");
        }
        return applied.write(parts, changed, System.currentTimeMillis());
    }

    private void print(SpecPlan plan) {
        Map<String, Object> json = new LinkedHashMap<>();
        String name = plan.after().name();
        json.put("model", name);
        json.put("state", plan.state());
        json.put("hash", plan.after().hash());
        String would = dryRun && plan.isChange() ? "would be " : "";
        List<String> lines = new ArrayList<>();
        lines.add("model " + name + ": " + would + plan.state() + " ("
                + plan.after().hash() + ")");
        if (plan.malformed() != null) {
            json.put("was", plan.malformed());
            lines.add(
                    "model " + name + ": was " + plan.malformed()
                            + (plan.after().replicas() == null
                                    ? "; starts from scratch if its state does not fit"
                                    : "; refused by a job whose states do not fit, until the model is deleted and applied again"));
        }
        if (!plan.differences().isEmpty()) {
            json.put("changes", plan.differences());
            plan.differences().forEach(difference -> lines.add("model " + name + ": " + difference));
        }
        if (plan.startsFromScratch()) {
            json.put("startsAnew", true);
            lines.add("model " + name + ": starts from scratch");
        }
        if (dryRun) {
            json.put("dryRun", true);
        }
        output.print(json, () -> String.join(System.lineSeparator(), lines));
    }

    /** Rejects fields that require a bounded run, and warns of fields that have no effect on the stream. */
    private void checkForStream(ModelSpec spec) throws InputException {
        TrainingSpec training = spec.training();
        boolean full = training.batch().isFull();
        if (full && !bounded) {
            throw new InputException("model " + spec.name()
                    + ": batch.size: full (expected: a number; a full batch requires a bounded run: train, or"
                    + " apply --bounded for a job with --bounded)");
        }
        List<String> ignored = new ArrayList<>();
        if (training.epochs() > 1 && !full) {
            ignored.add("epochs");
        }
        if (training.shuffle()) {
            ignored.add("shuffle");
        }
        if (training.earlyStopping().patience() > 0 && !bounded) {
            ignored.add("earlyStopping");
        }
        if (!ignored.isEmpty()) {
            String reason = bounded
                    ? "no effect on a job with --bounded, which reads its topic once: "
                    : "no effect on a live stream, only on bounded runs such as train: ";
            warn(spec, reason + String.join(", ", ignored));
        }
    }

    private void warn(ModelSpec spec, String message) {
        command.commandLine().getErr().println("freshet: model " + spec.name() + ": " + message);
    }
}

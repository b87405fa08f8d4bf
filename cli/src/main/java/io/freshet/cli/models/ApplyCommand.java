package io.freshet.cli.models;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.Output;
import io.freshet.cli.input.InputException;
import io.freshet.cli.kafka.AppliedSpecs;
import io.freshet.cli.kafka.AppliedSpecs.Applied;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.learning.learner.WarmStart;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.TrainingSpec;
import io.freshet.learning.spec.WarmStartReference;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.spec.WarmStartCodec;
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
 * Writes specifications to the models topic, and what they start from; all of them are checked before the first is
 * written.
 */
@Command(name = "apply", description = "Creates or changes models; a running job takes them up without a restart.")
public final class ApplyCommand implements Callable<Integer> {
    /** Of what models start from, in broadcast state of every task. */
    private static final long MAXIMUM_BYTES = 128L << 20;

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private Output output = new Output();

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE",
            description = "Specification in YAML, one model a file; - for the standard input. May be repeated.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--from",
            paramLabel = "FILE|MODEL[@VERSION]",
            description =
                    "Start the model from these parameters, or switch it to them: a file of snapshots written by train"
                            + " --save, or the snapshots published by a model. Requires one --file.")
    private @Nullable String from;

    @Option(
            names = "--reset",
            description =
                    "Let a model start from scratch if its state is incompatible, as with reset: true in the file.")
    private boolean reset;

    @Option(
            names = "--bounded",
            description = "For a job that is started with --bounded: takes batch.size: full, whose epochs it learns at"
                    + " the end. Other epochs and shuffle are of what sends the samples, as feed --epochs.")
    private boolean bounded;

    @Option(names = "--dry-run", description = "Say what would change, and change nothing.")
    private boolean dryRun;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Override
    public Integer call() throws CommandException, InputException {
        List<ModelSpec> specs = SpecFiles.read(files);
        if (from != null && specs.size() > 1) {
            throw new ParameterException(
                    command.commandLine(), "--from: with " + specs.size() + " files (expected: one)");
        }
        for (ModelSpec spec : specs) {
            checkForStream(spec);
        }
        kafka.connect().close();
        AppliedSpecs applied = AppliedSpecs.read(kafka);
        List<PublishedSnapshot> snapshots = from == null ? List.of() : WarmStartSource.read(from, kafka);
        WarmStart base = from == null ? null : base(from, snapshots);
        List<SpecPlan> plans = new ArrayList<>();
        for (ModelSpec spec : specs) {
            plans.add(plan(spec, applied.get(spec.name()), base));
        }
        if (!dryRun) {
            write(plans, applied, snapshots);
        }
        plans.forEach(this::print);
        return 0;
    }

    private static WarmStart base(String from, List<PublishedSnapshot> snapshots) throws InputException {
        try {
            return WarmStart.of(
                    snapshots.stream().map(PublishedSnapshot::snapshot).toList());
        } catch (IllegalArgumentException e) {
            throw new InputException("--from: " + from + ": " + e.getMessage());
        }
    }

    private SpecPlan plan(ModelSpec spec, @Nullable Applied known, @Nullable WarmStart base) throws InputException {
        ModelSpec asked = reset ? spec.withStream(spec.stream().withReset(true)) : spec;
        SpecPlan plan = SpecPlan.of(known == null ? null : known.spec(), asked, base);
        if (reset && !plan.startsFromScratch()) {
            say(
                    spec,
                    "--reset: nothing to reset, since its state carries over (expected: delete, then apply, to start"
                            + " from scratch)");
        }
        return plan;
    }

    private static void write(List<SpecPlan> plans, AppliedSpecs applied, List<PublishedSnapshot> snapshots)
            throws CommandException, InputException {
        List<KeyedBytes> brought = new ArrayList<>();
        List<ModelSpec> changed = new ArrayList<>();
        for (SpecPlan plan : plans) {
            WarmStartReference warmStart = plan.after().stream().warmStart();
            if (plan.isChange()) {
                changed.add(plan.after());
                if (warmStart != null && plan.goesOver()) {
                    brought.addAll(new WarmStartCodec().write(plan.after().name(), warmStart.checksum(), snapshots));
                }
            }
        }
        long bytes = 0;
        for (KeyedBytes record : brought) {
            byte[] value = record.value();
            bytes += value == null ? 0 : value.length;
        }
        if (bytes > MAXIMUM_BYTES) {
            throw new InputException("--from: " + bytes + " bytes (expected: up to " + MAXIMUM_BYTES
                    + ", as every checkpoint has them)");
        }
        applied.write(brought, changed, System.currentTimeMillis());
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

    /** Refuses what a stream without an end cannot do, and says what has no effect on the stream. */
    private void checkForStream(ModelSpec spec) throws InputException {
        TrainingSpec training = spec.training();
        boolean full = training.batch().isFull();
        if (full && !bounded) {
            throw new InputException("model " + spec.name()
                    + ": batch.size: full (expected: a number; a full batch is for bounded runs: train, or apply"
                    + " --bounded for a job with --bounded)");
        }
        List<String> idle = new ArrayList<>();
        if (training.epochs() > 1 && !full) {
            idle.add("epochs");
        }
        if (training.shuffle()) {
            idle.add("shuffle");
        }
        if (training.earlyStopping().patience() > 0 && !bounded) {
            idle.add("earlyStopping");
        }
        if (!idle.isEmpty()) {
            String where = bounded
                    ? "no effect on a job with --bounded, which reads its topic once: "
                    : "no effect on a live stream of one epoch, only on bounded runs, as train: ";
            say(spec, where + String.join(", ", idle));
        }
    }

    private void say(ModelSpec spec, String message) {
        command.commandLine().getErr().println("freshet: model " + spec.name() + ": " + message);
    }
}

package io.freshet.cli.tools;

import io.freshet.cli.CommandException;
import io.freshet.cli.input.InputException;
import io.freshet.cli.kafka.AppliedSpecs;
import io.freshet.cli.kafka.AppliedSpecs.Applied;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.TrainingSpec;
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
import picocli.CommandLine.Spec;

/** Writes specifications to the models topic; all of them are checked before the first is written. */
@Command(name = "apply", description = "Creates or changes models; a running job takes them up.")
public final class ApplyCommand implements Callable<Integer> {
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

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Override
    public Integer call() throws CommandException, InputException {
        List<ModelSpec> specs = SpecFiles.read(files);
        for (ModelSpec spec : specs) {
            checkForLiveStream(spec);
        }
        kafka.connect().close();
        AppliedSpecs applied = AppliedSpecs.read(kafka);
        List<ModelSpec> changed = specs.stream()
                .filter(spec -> !state(spec, applied.get(spec.name())).equals("unchanged"))
                .toList();
        applied.write(changed, System.currentTimeMillis());
        for (ModelSpec spec : specs) {
            String state = state(spec, applied.get(spec.name()));
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("model", spec.name());
            json.put("state", state);
            json.put("hash", spec.hash());
            output.print(json, () -> "model " + spec.name() + ": " + state + " (" + spec.hash() + ")");
        }
        return 0;
    }

    /** Refuses what a stream without an end cannot do, and says what has no effect on it. */
    private void checkForLiveStream(ModelSpec spec) throws InputException {
        TrainingSpec training = spec.training();
        if (training.batch().isFull()) {
            throw new InputException("model " + spec.name()
                    + ": batch.size: full (expected: a number; a full batch is for bounded runs, as train)");
        }
        List<String> idle = new ArrayList<>();
        if (training.epochs() > 1) {
            idle.add("epochs");
        }
        if (training.shuffle()) {
            idle.add("shuffle");
        }
        if (training.earlyStopping().patience() > 0) {
            idle.add("earlyStopping");
        }
        if (!idle.isEmpty()) {
            command.commandLine()
                    .getErr()
                    .println("freshet: model " + spec.name() + ": no effect on a live stream, only on bounded runs, as"
                            + " train: " + String.join(", ", idle));
        }
    }

    private static String state(ModelSpec spec, @Nullable Applied known) {
        if (known == null) {
            return "created";
        }
        return known.spec().hash().equals(spec.hash()) ? "unchanged" : "changed";
    }
}

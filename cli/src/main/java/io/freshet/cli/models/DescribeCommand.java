package io.freshet.cli.models;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.Output;
import io.freshet.cli.kafka.AppliedSpecs;
import io.freshet.cli.kafka.AppliedSpecs.Applied;
import io.freshet.cli.kafka.FailedModels;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.learning.spec.ModelSpec;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Prints the effective specification of a model as YAML for {@code apply}, with comments. */
@Command(name = "describe", description = "Print the specification of a model, including all defaults.")
public final class DescribeCommand implements Callable<Integer> {
    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private Output output = new Output();

    @Parameters(paramLabel = "<model>", description = "Name of the model.")
    private String model = "";

    @Override
    public Integer call() throws CommandException {
        kafka.connect().close();
        Applied applied = AppliedSpecs.read(kafka).require(model);
        ModelSpec spec = applied.spec();
        String appliedAt = Instant.ofEpochMilli(applied.appliedAt()).toString();
        String failure = FailedModels.read(kafka, System.currentTimeMillis()).reason(spec.name(), spec.hash());
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("model", spec.name());
        json.put("hash", spec.hash());
        json.put("appliedAt", appliedAt);
        json.put("failure", failure);
        json.put("parameters", spec.parameterCount());
        json.put("spec", new Load(LoadSettings.builder().build()).loadFromString(spec.toYaml()));
        output.print(
                json,
                () -> (failure == null ? "" : "# failed: " + failure + "\n") + "# hash: " + spec.hash()
                        + "\n# applied: " + appliedAt + "\n# parameters: "
                        + spec.parameterCount() + (spec.key() == null ? "" : " for each " + spec.key()) + "\n"
                        + spec.toYaml().stripTrailing());
        return 0;
    }
}

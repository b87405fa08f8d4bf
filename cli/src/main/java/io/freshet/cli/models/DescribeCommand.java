package io.freshet.cli.models;

import io.freshet.cli.console.Age;
import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.Output;
import io.freshet.cli.kafka.AppliedSpecs;
import io.freshet.cli.kafka.AppliedSpecs.Applied;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.status.JoinStatus;
import io.freshet.cli.status.ModelStatus;
import io.freshet.cli.status.ModelStatuses;
import io.freshet.learning.spec.DefaultOptimizer;
import io.freshet.learning.spec.ModelSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Prints the effective specification of a model as YAML for {@code apply}, with its status in comments. */
@Command(name = "describe", description = "Print the status of a model, and its specification including all defaults.")
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
        long now = System.currentTimeMillis();
        ModelStatuses statuses = ModelStatuses.read(kafka, now);
        ModelStatus status = statuses.of(spec, now);
        JoinStatus join = statuses.join(spec);
        String appliedAt = Instant.ofEpochMilli(applied.appliedAt()).toString();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("model", spec.name());
        json.put("hash", spec.hash());
        json.put("appliedAt", appliedAt);
        json.put("failure", status.failure());
        json.put("parameters", spec.parameterCount());
        json.put("optimizer", DefaultOptimizer.explain(spec));
        json.put("status", status.fields());
        if (join != null) {
            json.put("join", join.fields());
        }
        json.put("spec", new Load(LoadSettings.builder().build()).loadFromString(spec.toYaml()));
        List<String> header = new ArrayList<>(List.of("# state:      " + status.summary()));
        status.problems().forEach(problem -> header.add("# problem:    " + problem.text()));
        if (join != null) {
            header.add("# join:       " + join.summary());
        }
        output.print(
                json,
                () -> String.join(
                        System.lineSeparator(),
                        String.join(System.lineSeparator(), header),
                        "# applied:    " + appliedAt + ", " + Age.since(applied.appliedAt(), now),
                        "# hash:       " + spec.hash(),
                        "# parameters: " + String.format(Locale.ROOT, "%,d", spec.parameterCount())
                                + (spec.key() == null ? "" : " for each " + spec.key()),
                        "# optimizer:  " + DefaultOptimizer.explain(spec),
                        spec.toYaml().stripTrailing()));
        return 0;
    }
}

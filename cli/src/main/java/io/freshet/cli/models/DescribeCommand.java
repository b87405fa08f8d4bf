package io.freshet.cli.models;

import io.freshet.cli.console.Age;
import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.Output;
import io.freshet.cli.input.InputException;
import io.freshet.cli.input.SpecFiles;
import io.freshet.cli.kafka.AppliedSpecs;
import io.freshet.cli.kafka.AppliedSpecs.Applied;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.learning.spec.DefaultOptimizer;
import io.freshet.learning.spec.ModelSpec;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Prints the effective specification of a model as YAML for {@code apply}, with its status in comments. */
@Command(
        name = "describe",
        description = "Print the status of a model, and its specification including all defaults.",
        footer = {
            "Examples:",
            "  # A model of a running job",
            "  freshet describe delays",
            "  # A file, with all defaults",
            "  freshet describe delays.yaml"
        })
public final class DescribeCommand implements Callable<Integer> {
    /** A path, the name of a YAML file, or stdin. A model with such a name is in the list of {@code get}. */
    private static final Pattern FILE = Pattern.compile("/|\\.ya?ml$|^-$");

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private Output output = new Output();

    @Parameters(
            paramLabel = "<model>",
            description = "Name of the model; or a specification, such as model.yaml, which needs no Kafka.")
    private String model = "";

    @Override
    public Integer call() throws CommandException, InputException {
        if (FILE.matcher(model).find()) {
            Path file = Path.of(model);
            describe(SpecFiles.parse(file, SpecFiles.text(file)), new LinkedHashMap<>(), List.of());
            return 0;
        }
        kafka.connect().close();
        Applied applied = AppliedSpecs.read(kafka).require(model);
        ModelSpec spec = applied.spec();
        long now = System.currentTimeMillis();
        ModelStatuses statuses = ModelStatuses.read(kafka, now);
        ModelStatus status = statuses.of(spec, now);
        JoinStatus join = statuses.join(spec);
        String appliedAt = Instant.ofEpochMilli(applied.appliedAt()).toString();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("appliedAt", appliedAt);
        json.put("failure", status.failure());
        json.put("status", status.fields());
        if (join != null) {
            json.put("join", join.fields());
        }
        List<String> header = new ArrayList<>(List.of("# state:      " + status.summary()));
        status.problems().forEach(problem -> header.add("# problem:    " + problem.text()));
        if (join != null) {
            header.add("# join:       " + join.summary());
        }
        header.add("# applied:    " + appliedAt + ", " + Age.since(applied.appliedAt(), now));
        describe(spec, json, header);
        return 0;
    }

    /**
     * Prints a specification.
     *
     * @param status fields of JSON to print with those of the specification
     * @param header comments to print above those of the specification
     */
    private void describe(ModelSpec spec, Map<String, @Nullable Object> status, List<String> header) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("model", spec.name());
        json.put("hash", spec.hash());
        json.put("parameters", spec.parameterCount());
        json.put("optimizer", DefaultOptimizer.explain(spec));
        json.putAll(status);
        json.put("spec", new Load(LoadSettings.builder().build()).loadFromString(spec.toYaml()));
        List<String> lines = new ArrayList<>(header);
        lines.add("# hash:       " + spec.hash());
        lines.add("# parameters: " + String.format(Locale.ROOT, "%,d", spec.parameterCount())
                + (spec.key() == null ? "" : " for each " + spec.key()));
        lines.add("# optimizer:  " + DefaultOptimizer.explain(spec));
        lines.add(spec.toYaml().stripTrailing());
        output.print(json, () -> String.join(System.lineSeparator(), lines));
    }
}

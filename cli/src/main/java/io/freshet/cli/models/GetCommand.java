package io.freshet.cli.models;

import io.freshet.cli.console.Age;
import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.Output;
import io.freshet.cli.console.Table;
import io.freshet.cli.kafka.AppliedSpecs;
import io.freshet.cli.kafka.AppliedSpecs.Applied;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.SpecException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Lists the models on the models topic, and why the job does not learn some of them. */
@Command(
        name = "get",
        description = "List the models.",
        footer = {"Examples:", "  freshet get", "  freshet get delays --output json"})
public final class GetCommand implements Callable<Integer> {
    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private Output output = new Output();

    @Parameters(arity = "0..1", paramLabel = "<model>", description = "List only this model.")
    private @Nullable String model;

    @Override
    public Integer call() throws CommandException {
        kafka.connect().close();
        AppliedSpecs applied = AppliedSpecs.read(kafka);
        Collection<Applied> chosen = model == null ? applied.all() : List.of(applied.require(model));
        List<Map<String, @Nullable Object>> json = new ArrayList<>();
        long now = System.currentTimeMillis();
        ModelStatuses statuses = ModelStatuses.read(kafka, now);
        StringBuilder problems = new StringBuilder();
        if (model == null) {
            applied.malformed()
                    .forEach((name, reason) -> problems.append("\nmodel ")
                            .append(SpecException.shortened(name))
                            .append(": ")
                            .append(reason));
        }
        Table table = new Table("MODEL", "KEY", "TYPE", "LOSS", "OPTIMIZER", "STATE", "APPLIED", "HASH");
        for (Applied entry : chosen) {
            ModelSpec spec = entry.spec();
            String appliedAt = Instant.ofEpochMilli(entry.appliedAt()).toString();
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("model", spec.name());
            fields.put("key", spec.key());
            fields.put("type", spec.model().name());
            fields.put("loss", spec.loss().name());
            fields.put("optimizer", spec.optimizer().name());
            fields.put("hash", spec.hash());
            fields.put("appliedAt", appliedAt);
            ModelStatus status = statuses.of(spec, now);
            fields.put("state", status.state().text());
            fields.put("since", status.since());
            fields.put("failure", status.failure());
            fields.put("problems", status.problemFields());
            status.problemLines(output.styles())
                    .forEach(line -> problems.append("\n").append(line));
            json.add(fields);
            String key = spec.key() == null ? "-" : spec.key();
            table.add(
                    spec.name(),
                    key,
                    spec.model().name(),
                    spec.loss().name(),
                    spec.optimizer().name(),
                    status.styledState(output.styles()),
                    Age.since(entry.appliedAt(), now),
                    spec.hash());
        }
        output.print(
                json,
                () -> (chosen.isEmpty() ? "no models (expected: freshet apply -f <file>)" : table.toString())
                        + problems);
        return 0;
    }
}

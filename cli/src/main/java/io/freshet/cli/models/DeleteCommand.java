package io.freshet.cli.models;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.Output;
import io.freshet.cli.kafka.AppliedSpecs;
import io.freshet.cli.kafka.KafkaOptions;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Writes a model's tombstone to the models topic. */
@Command(name = "delete", description = "Deletes a model; a running job forgets what it has learned.")
public final class DeleteCommand implements Callable<Integer> {
    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private Output output = new Output();

    @Parameters(paramLabel = "MODEL", description = "Name of the model.")
    private String model = "";

    @Override
    public Integer call() throws CommandException {
        kafka.connect().close();
        AppliedSpecs applied = AppliedSpecs.read(kafka);
        applied.require(model);
        applied.delete(model, System.currentTimeMillis());
        output.print(Map.of("model", model, "state", "deleted"), () -> "model " + model + ": deleted");
        return 0;
    }
}

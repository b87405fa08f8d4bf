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

/** Writes the tombstones of a model to the models topic. */
@Command(
        name = "delete",
        description = "Delete a model; a running job discards its state.",
        footer = {"Examples:", "  freshet delete delays"})
public final class DeleteCommand implements Callable<Integer> {
    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private Output output = new Output();

    @Parameters(paramLabel = "<model>", description = "Name of the model.")
    private String model = "";

    @Override
    public Integer call() throws CommandException {
        kafka.connect().close();
        AppliedSpecs applied = AppliedSpecs.read(kafka);
        if (!applied.malformed().containsKey(model)) {
            applied.require(model);
        }
        applied.delete(model, System.currentTimeMillis());
        output.print(Map.of("model", model, "state", "deleted"), () -> "model " + model + ": deleted");
        return 0;
    }
}

package io.freshet.cli.feed;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.input.InputException;
import io.freshet.cli.input.RowFiles;
import io.freshet.cli.kafka.AppliedSpecs;
import io.freshet.cli.kafka.AppliedSpecs.Applied;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.NameSuggestion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The applied specifications whose fields a feed sends, if it is given no specification. */
public final class FeedSpecs {
    private FeedSpecs() {}

    /**
     * Returns the applied specifications.
     *
     * @param named the only models to send to; empty for all
     * @throws CommandException if there are none, or a named model is not among them
     */
    static List<ModelSpec> applied(KafkaOptions kafka, List<String> named) throws CommandException {
        List<ModelSpec> all =
                AppliedSpecs.read(kafka).all().stream().map(Applied::spec).toList();
        if (all.isEmpty()) {
            throw new CommandException(
                    "no models (expected: --spec <file>, or specifications applied with freshet apply)");
        }
        List<String> names = all.stream().map(ModelSpec::name).toList();
        for (String name : named) {
            if (!names.contains(name)) {
                throw new CommandException("--model: " + name + " (expected: one of " + String.join(", ", names)
                        + NameSuggestion.hint(name, names) + ", or --spec <file>)");
            }
        }
        return named.isEmpty()
                ? all
                : all.stream().filter(spec -> named.contains(spec.name())).toList();
    }

    /**
     * Checks that the files have the fields of all models.
     *
     * @param named the only models to send to; empty for all
     * @throws InputException naming the model whose field is missing, and the models to name instead
     */
    public static void requireFields(RowFiles files, List<ModelSpec> specs, List<String> named) throws IOException {
        files.open(RowLayout.of(List.<ModelSpec>of())).close();
        List<String> complete = new ArrayList<>();
        String first = "";
        for (ModelSpec spec : specs) {
            try {
                files.open(RowLayout.of(List.of(spec)), RowTargets.optional(List.of(spec), named))
                        .close();
                complete.add(spec.name());
            } catch (InputException e) {
                first = first.isEmpty() ? "model " + spec.name() + ": " + e.getMessage() : first;
            }
        }
        if (!first.isEmpty()) {
            String options = complete.stream().map(name -> "--model " + name).collect(Collectors.joining(" "));
            throw new InputException(first
                    + (complete.isEmpty()
                            ? "; or give the specification of the file's model with --spec"
                            : "; to send the rows only to models whose fields the file has, use " + options));
        }
    }
}

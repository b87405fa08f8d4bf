package io.freshet.cli.feed;

import io.freshet.cli.input.InputException;
import io.freshet.cli.input.RowFiles;
import io.freshet.cli.input.RowReader;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Checks the start of a file before a run that takes longer to start than to read it. */
public final class FirstRows {
    private static final int MAXIMUM = 100_000;

    private FirstRows() {}

    /**
     * Checks that files can be read, and that each of {@code specs} that selects any of the first {@value #MAXIMUM} rows can learn one
     * of them. A gzipped file is decompressed to its end, as only the end shows whether it is complete.
     *
     * @throws InputException naming the first row and the reason why it cannot be learned, if none can
     */
    public static void check(RowFiles files, List<ModelSpec> specs) throws IOException {
        SampleRow row = SampleRow.of(specs);
        RowLayout layout = row.layout();
        files.check(layout);
        List<RowCheck> unchecked =
                specs.stream().map(spec -> new RowCheck(spec, layout)).collect(Collectors.toCollection(ArrayList::new));
        Set<RowCheck> rejecting = new HashSet<>();
        String firstReason = "";
        boolean anyRead = false;
        try (RowReader reader = files.open(layout)) {
            while (reader.row() < MAXIMUM) {
                try {
                    if (!row.next(reader, 0)) {
                        throw new InputException(files + ": no row can be learned; "
                                + (firstReason.isEmpty()
                                        ? noRow(unchecked.get(0).spec())
                                        : firstReason));
                    }
                    List<RowCheck> selecting = unchecked.stream()
                            .filter(model -> model.selects(row.fields()))
                            .toList();
                    anyRead = true;
                    rejecting.addAll(selecting);
                    for (RowCheck model : selecting) {
                        model.requireKey(row.fields(), reader.faults());
                        model.sample(row.fields(), reader.faults());
                    }
                    unchecked.removeAll(selecting);
                    selecting.forEach(rejecting::remove);
                    if (unchecked.isEmpty()) {
                        return;
                    }
                } catch (InvalidSampleException e) {
                    firstReason = firstReason.isEmpty() ? reason(reader.row(), e, specs) : firstReason;
                }
            }
        }
        if (anyRead && rejecting.isEmpty()) {
            // The rows of the other models may come later.
            return;
        }
        throw new InputException(String.format(
                Locale.ROOT, "%s: none of the first %,d rows can be learned; %s", files, MAXIMUM, firstReason));
    }

    private static String noRow(ModelSpec spec) {
        return "no row is selected by when of model " + spec.name();
    }

    private static String reason(long row, InvalidSampleException e, List<ModelSpec> specs) {
        String reason = String.valueOf(e.getMessage());
        return "row " + row + ": " + reason
                + MissingSuggestion.of(List.of(reason), specs)
                        .map(suggestion -> "; " + suggestion)
                        .orElse("");
    }
}

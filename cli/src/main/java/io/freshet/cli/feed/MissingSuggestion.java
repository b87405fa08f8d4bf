package io.freshet.cli.feed;

import io.freshet.learning.spec.ModelSpec;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Suggests the option for rows that were rejected because they lack a feature. */
public final class MissingSuggestion {
    private MissingSuggestion() {}

    /**
     * Returns the suggestion, if a feature is missing.
     *
     * @param reasons for which rows were rejected, each beginning with the field
     */
    public static Optional<String> of(Collection<String> reasons, Collection<ModelSpec> specs) {
        Set<String> missing = new LinkedHashSet<>();
        for (ModelSpec spec : specs) {
            List<String> features = Stream.concat(
                            spec.features().numeric().stream(), spec.features().textFields().stream())
                    .toList();
            for (String reason : reasons) {
                features.stream()
                        .filter(field -> reason.startsWith(field + ": missing (expected: "))
                        .forEach(missing::add);
            }
        }
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of("to learn rows without " + String.join(", ", missing)
                        + ", set features.missing to mean, indicator, or zero");
    }
}

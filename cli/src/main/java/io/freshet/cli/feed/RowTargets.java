package io.freshet.cli.feed;

import io.freshet.cli.input.RowReader;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.When;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides which models a row is sent to: to all at once, or to each by its name. A row with an invalid field, or with a text in the
 * place of a number, still reaches the models that can learn it. A model that is named gets only the rows that its {@code when} selects, if the file has that
 * field. Not thread-safe.
 */
final class RowTargets {
    /** One record for all models. */
    private static final List<String> ALL = List.of("");

    private final List<String> named;
    private final Map<String, RowCheck> models = new LinkedHashMap<>();
    private final Map<String, InvalidSampleException> rejections = new LinkedHashMap<>();
    private final RowReader reader;

    /** @param named the only models to send to; empty for all */
    RowTargets(List<ModelSpec> specs, List<String> named, SampleRow row, RowReader reader) {
        this.named = named;
        this.reader = reader;
        specs.forEach(spec -> models.put(spec.name(), new RowCheck(spec, row.layout())));
    }

    /** Returns the fields that a file may lack if all of its rows are for the named models. */
    static Set<String> optional(List<ModelSpec> specs, List<String> named) {
        return named.isEmpty()
                ? Set.of()
                : specs.stream()
                        .map(spec -> spec.stream().when())
                        .filter(Objects::nonNull)
                        .map(When::field)
                        .filter(field -> specs.stream().noneMatch(spec -> isLearned(spec, field)))
                        .collect(Collectors.toSet());
    }

    private static boolean isLearned(ModelSpec spec, String field) {
        ModelSpec without = spec.withStream(spec.stream().withWhen(null));
        return without.numberFields().contains(field) || without.textFields().contains(field);
    }

    /**
     * Returns the names of the models that receive the row in a record each, or "" for one record for all. None if every named
     * model skips or rejects it; see {@link #rejections}.
     */
    List<String> of(Row row) {
        rejections.clear();
        List<InvalidSampleException> faults = reader.faults();
        // Of any other row, the job decides whether it is valid.
        boolean unclear = !faults.isEmpty() || row.hasWords();
        if (named.isEmpty() && !unclear) {
            return ALL;
        }
        List<String> targets = new ArrayList<>();
        for (String name : named.isEmpty() ? models.keySet() : named) {
            @Nullable RowCheck model = models.get(name);
            if (model == null || isFor(model, row) && (!unclear || isValid(model, row, faults))) {
                targets.add(name);
            }
        }
        return named.isEmpty() && rejections.isEmpty() ? ALL : targets;
    }

    /** Returns the record key: the text of the field that all keyed models that the row is for use as key; null if none. */
    byte @Nullable [] key(Row row) {
        int place = -1;
        for (RowCheck model : models.values()) {
            int own = model.keyPlace();
            if (own >= 0 && own != place && isFor(model, row)) {
                if (place >= 0) {
                    return null;
                }
                place = own;
            }
        }
        return place < 0 || !row.hasText(place)
                ? null
                : Arrays.copyOfRange(row.bytes(), row.textFrom(place), row.textTo(place));
    }

    private boolean isFor(RowCheck model, Row row) {
        When when = model.spec().stream().when();
        return model.selects(row) || !named.isEmpty() && when != null && reader.lacks(when.field());
    }

    private boolean isValid(RowCheck model, Row row, List<InvalidSampleException> faults) {
        try {
            model.requireKey(row, faults);
            model.sample(row, faults);
            return true;
        } catch (InvalidSampleException e) {
            rejections.put(model.spec().name(), e);
            return false;
        }
    }

    /** Returns why models cannot learn the last row for its invalid fields or texts, by the names of the models. */
    Map<String, InvalidSampleException> rejections() {
        return rejections;
    }
}

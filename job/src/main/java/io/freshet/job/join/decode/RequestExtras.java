package io.freshet.job.join.decode;

import io.freshet.learning.features.InputFields;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.JoinSpec;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.loop.OutcomeRecord;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a request that a join reads besides those of the model: the slices of its scores, and the exposure field. They
 * are texts; a number is its text. Not thread-safe.
 */
final class RequestExtras implements InputFields {
    private static final int LONGEST_SLICE = 100;

    private final List<String> slices;
    private final @Nullable String exposure;
    private final Row row;
    private final RowLayout layout;

    RequestExtras(ModelSpec spec) {
        JoinSpec join = Objects.requireNonNull(spec.join());
        slices = join.slices();
        exposure = join.missing().exposure();
        layout = RowLayout.of(List.of(this));
        row = new Row(layout);
    }

    @Override
    public List<String> numberFields() {
        return List.of();
    }

    @Override
    public Set<String> textFields() {
        Set<String> names = new LinkedHashSet<>(slices);
        if (exposure != null) {
            names.add(exposure);
        }
        return names;
    }

    @Override
    public List<String> vectorFields() {
        return List.of();
    }

    /** Returns whether there is any such field. If not, {@link #row} need not be filled. */
    boolean isEmpty() {
        return layout.texts().isEmpty();
    }

    RowLayout layout() {
        return layout;
    }

    Row row() {
        return row;
    }

    /** Returns a hash of the names of {@link #slices}, the same in every process. */
    int fields() {
        return slices.hashCode();
    }

    /** Sets a field whose value is not among those of the request, if the join reads it. */
    void set(String name, String value) {
        int place = layout.text(name);
        if (place >= 0) {
            row.addText(place, value);
        }
    }

    List<@Nullable String> slices() {
        List<@Nullable String> values = new ArrayList<>(slices.size());
        for (String name : slices) {
            String value = text(name);
            values.add(value == null || value.length() <= LONGEST_SLICE ? value : value.substring(0, LONGEST_SLICE));
        }
        return values;
    }

    /** Returns whether the exposure field of the request is true. Without such a field, it is exposed, also if there is one later. */
    boolean isExposed() {
        if (exposure == null) {
            return true;
        }
        String value = text(exposure);
        return value != null && OutcomeRecord.isTrue(value);
    }

    private @Nullable String text(String name) {
        int place = layout.text(name);
        return row.hasText(place) ? row.text(place) : null;
    }
}

package io.freshet.cli.feed;

import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.encode.RowSelector;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.topic.KeyField;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks the rows of a file for one model, as the job checks its samples. Not thread-safe. */
final class RowCheck {
    private final ModelSpec spec;
    private final RowSelector selector;
    private final FeatureEncoder encoder;
    private final @Nullable KeyField key;
    /** Place of the text field that identifies a sample, or -1. */
    private final int idPlace;

    RowCheck(ModelSpec spec, RowLayout layout) {
        this.spec = spec;
        selector = RowSelector.of(spec, layout);
        encoder = new FeatureEncoder(spec, layout);
        key = KeyField.of(spec, layout);
        String id = spec.fields().id();
        idPlace = id == null ? -1 : layout.text(id);
    }

    ModelSpec spec() {
        return spec;
    }

    /** Returns whether the row is the model's. */
    boolean selects(Row row) {
        return selector.selects(row);
    }

    /**
     * Returns the row as a sample of the model, whose key is not checked.
     *
     * @param faults invalid fields of the row
     * @throws InvalidSampleException if the model cannot learn the row
     */
    Sample sample(Row row, List<InvalidSampleException> faults) throws InvalidSampleException {
        try {
            Sample sample = encoder.encode(row, 0, 0);
            if (idPlace >= 0 && !row.hasText(idPlace) && !row.isTextMissing(idPlace)) {
                throw InvalidSampleException.of(String.valueOf(spec.fields().id()), "missing", "a text");
            }
            return sample;
        } catch (InvalidSampleException e) {
            throw e.orCause(faults);
        }
    }

    /** @throws InvalidSampleException if the row has no valid key */
    void requireKey(Row row, List<InvalidSampleException> faults) throws InvalidSampleException {
        try {
            if (key != null) {
                key.check(row);
            }
        } catch (InvalidSampleException e) {
            throw e.orCause(faults);
        }
    }

    /** Returns the notice that some label was not read as it was written; null if each was. */
    @Nullable String labelNotice() {
        return encoder.labelNotice();
    }
}

package io.freshet.cli.feed;

import io.freshet.job.decode.ModelEncoder;
import io.freshet.job.record.KeyedSample;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks the rows of a file for one model, as the job checks its samples, and encodes them. Not thread-safe. */
final class RowCheck {
    private final ModelEncoder encoder;
    /** Place of the text field that identifies a sample, or -1. */
    private final int idPlace;

    RowCheck(ModelSpec spec, RowLayout layout) {
        encoder = new ModelEncoder(spec, layout);
        String id = spec.fields().id();
        idPlace = id == null ? -1 : layout.text(id);
    }

    ModelSpec spec() {
        return encoder.spec();
    }

    /** Returns whether the row is the model's. */
    boolean selects(Row row) {
        return encoder.selects(row);
    }

    /**
     * Returns the row as a sample of the model, whose key is not checked.
     *
     * @param faults invalid fields of the row
     * @throws InvalidSampleException if the model cannot learn the row
     */
    Sample sample(Row row, List<InvalidSampleException> faults) throws InvalidSampleException {
        return sample(row, faults, 0, 0);
    }

    /** Returns the same sample at a position of the stream. */
    Sample sample(Row row, List<InvalidSampleException> faults, int partition, long offset)
            throws InvalidSampleException {
        try {
            Sample sample = encoder.sample(row, partition, offset);
            if (idPlace >= 0 && !row.hasText(idPlace) && !row.isTextMissing(idPlace)) {
                throw InvalidSampleException.of(String.valueOf(spec().fields().id()), "missing", "a text");
            }
            return sample;
        } catch (InvalidSampleException e) {
            throw e.orCause(faults);
        }
    }

    /** Returns the place of the key among the texts of a row, or -1 for a model without one. */
    int keyPlace() {
        return encoder.keyPlace();
    }

    /** @throws InvalidSampleException if the row has no valid key */
    void requireKey(Row row, List<InvalidSampleException> faults) throws InvalidSampleException {
        try {
            encoder.requireKey(row);
        } catch (InvalidSampleException e) {
            throw e.orCause(faults);
        }
    }

    /** Returns the sample of a row with a valid key. */
    KeyedSample keyed(Row row, Sample sample) {
        return encoder.keyed(row, sample);
    }

    /** Returns the notice that some label was not read as it was written; null if each was. */
    @Nullable String labelNotice() {
        return encoder.labelNotice();
    }
}

package io.freshet.learning.encode;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.Sample.Revision;
import io.freshet.learning.features.SampleId;
import io.freshet.learning.features.Stage;
import io.freshet.learning.spec.ModelSpec;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads what a row says about a label that may change, and rejects what the model cannot learn. */
final class RevisionReader {
    private final ModelSpec spec;
    private final LabelReader label;
    /** Null if samples are identified by the record's own id. */
    private final @Nullable String idField;

    private final int idPlace;

    RevisionReader(ModelSpec spec, FieldPlaces places, LabelReader label) {
        this.spec = spec;
        this.label = label;
        idField = spec.fields().id();
        idPlace = idField == null ? -1 : places.text(idField);
    }

    /** Returns the stage and the previous label; null if the sample is complete. */
    @Nullable Revision read(Row row) throws InvalidSampleException {
        Stage stage = row.stage();
        boolean hasPrevious = row.hasPreviousNumber() || row.previousText() != null;
        if (hasPrevious && stage != Stage.CHANGED) {
            throw InvalidSampleException.of("previous", shownPrevious(row), "none beside stage " + shown(stage));
        }
        if (stage == Stage.COMPLETE) {
            return null;
        }
        if (spec.join() == null) {
            throw InvalidSampleException.of("stage", shown(stage), "0, complete: the model has no join");
        }
        if (stage != Stage.CHANGED) {
            return new Revision(stage, id(row), Float.NaN);
        }
        if (!hasPrevious) {
            throw InvalidSampleException.of("previous", "missing", "the label that this one replaces");
        }
        if (!spec.learnsChanges()) {
            throw InvalidSampleException.of(
                    "stage", shown(stage), "0, 1, or 3: loss " + spec.loss().name() + " cannot learn a changed label");
        }
        return new Revision(stage, id(row), label.previous(row));
    }

    private SampleId id(Row row) throws InvalidSampleException {
        if (idField == null && row.hasId()) {
            return SampleId.of(row.idBytes(), row.idFrom(), row.idTo(), row.epoch());
        }
        if (idField != null && row.hasText(idPlace)) {
            return SampleId.of(row.bytes(), row.textFrom(idPlace), row.textTo(idPlace), row.epoch());
        }
        throw InvalidSampleException.of(
                idField == null ? "id" : idField, "missing", "the id that all samples of a request share");
    }

    private static Object shownPrevious(Row row) {
        return row.hasPreviousNumber() ? (Object) row.previousNumber() : "a text";
    }

    private static String shown(Stage stage) {
        return stage.number() + ", " + stage.name().toLowerCase(Locale.ROOT);
    }
}

package io.freshet.cli.predict;

import io.freshet.cli.input.RowReader;
import io.freshet.cli.predict.EncodedRow.Encoded;
import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.encode.RowSelector;
import io.freshet.learning.features.InputFields;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.model.Network;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.When;
import io.freshet.schemas.kafka.KeyField;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads rows and encodes each for the snapshot of its key. The files may lack the fields that only learning needs. */
final class EncodedRows implements AutoCloseable {
    private static final int ROWS = Network.MAXIMUM_SAMPLES;

    private final ModelSnapshots model;
    private final int[] keptPlaces;
    private final List<String> noneKept;
    private final FeatureEncoder encoder;
    private final @Nullable KeyField key;
    private final Row row;
    private final RowReader reader;
    private final RowSelector selector;
    /** Whether the files have only rows of the model, since they lack the field that selects them. */
    private final boolean takesAll;

    private final boolean keepsRaw;
    private final boolean needsId;
    private final String noLabel;
    private boolean hasNext = true;
    private boolean anyLabel;
    private long skipped;

    /** The fields to repeat in the output, read as texts. */
    private record Kept(List<String> textFields) implements InputFields {
        @Override
        public List<String> numberFields() {
            return List.of();
        }

        @Override
        public List<String> vectorFields() {
            return List.of();
        }
    }

    /** @param keepsRaw whether to keep the rows as they are in the input */
    EncodedRows(FilePrediction prediction, boolean keepsRaw) throws IOException {
        model = prediction.model();
        this.keepsRaw = keepsRaw;
        RowLayout layout = RowLayout.of(List.of(model.spec(), new Kept(prediction.kept())));
        keptPlaces = prediction.kept().stream().mapToInt(layout::text).toArray();
        noneKept = Collections.nCopies(keptPlaces.length, "");
        needsId = model.spec().needsRecordId();
        noLabel = model.spec().label() + ": missing (expected: a label)";
        key = KeyField.of(model.spec(), layout);
        encoder = new FeatureEncoder(model.spec(), layout);
        row = new Row(layout);
        Set<String> optional = new LinkedHashSet<>(model.spec().learningFields());
        prediction.kept().forEach(optional::remove);
        reader = prediction.files().open(layout, optional);
        selector = RowSelector.of(model.spec(), layout);
        When when = model.spec().stream().when();
        takesAll = when == null || reader.lacks(when.field());
    }

    RowReader reader() {
        return reader;
    }

    /** Returns whether a row had a label, valid or not. */
    boolean anyLabel() {
        return anyLabel;
    }

    /** Returns the number of rows that are not the model's. */
    long skipped() {
        return skipped;
    }

    /** Returns what was detected about the files and their labels, for people. */
    List<String> notices() {
        return Stream.of(reader.notice(), encoder.labelNotice())
                .filter(Objects::nonNull)
                .toList();
    }

    /** Returns the next rows, up to a batch; none at the end. */
    List<EncodedRow> next() throws IOException {
        List<EncodedRow> rows = new ArrayList<>(ROWS);
        while (hasNext && rows.size() < ROWS) {
            try {
                hasNext = reader.read(row);
                if (hasNext) {
                    add(rows);
                }
            } catch (InvalidSampleException e) {
                rows.add(rejected(noneKept, e));
            }
        }
        return rows;
    }

    private void add(List<EncodedRow> rows) throws InvalidSampleException {
        if (takesAll || selector.selects(row)) {
            reader.requireValid();
            rows.add(encode());
        } else {
            skipped++;
        }
    }

    private EncodedRow encode() {
        List<String> kept = kept();
        if (needsId) {
            row.id(Long.toString(reader.row()));
        }
        try {
            Snapshot snapshot = model.of(row, key);
            if (encoder.hasLabel(row)) {
                anyLabel = true;
                return encodeLabeled(kept, snapshot);
            }
            return encoded(kept, snapshot, encoder.encodeFeatures(row), noLabel);
        } catch (InvalidSampleException e) {
            return rejected(kept, e);
        }
    }

    private EncodedRow encodeLabeled(List<String> kept, Snapshot snapshot) throws InvalidSampleException {
        try {
            return encoded(kept, snapshot, encoder.encode(row, 0, 0), null);
        } catch (InvalidSampleException e) {
            return encoded(kept, snapshot, encoder.encodeFeatures(row), e.getMessage());
        }
    }

    private EncodedRow encoded(List<String> kept, Snapshot snapshot, Sample sample, @Nullable String reason) {
        return new EncodedRow(reader.row(), kept, raw(), new Encoded(snapshot, sample), reason);
    }

    private EncodedRow rejected(List<String> kept, InvalidSampleException e) {
        return new EncodedRow(reader.row(), kept, raw(), null, e.getMessage());
    }

    private String raw() {
        return keepsRaw ? reader.raw() : "";
    }

    private List<String> kept() {
        if (keptPlaces.length == 0) {
            return noneKept;
        }
        List<String> kept = new ArrayList<>(keptPlaces.length);
        for (int place : keptPlaces) {
            kept.add(row.hasText(place) ? row.text(place) : "");
        }
        return kept;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}

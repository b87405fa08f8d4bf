package io.freshet.cli.train;

import io.freshet.cli.input.RowFiles;
import io.freshet.cli.input.RowReader;
import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.predict.Scorer;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Test rows, which trained parameters predict without learning them. A model with a key predicts each row with the
 * parameters of its key.
 *
 * @param files to read
 */
record TestFile(RowFiles files) {
    private static final String LEARNED = "a key that was learned";

    /**
     * Predicts and scores every row.
     *
     * @param snapshots the last of each key
     */
    TestResult score(ModelSpec spec, Map<String, PublishedSnapshot> snapshots) throws IOException {
        RowLayout layout = RowLayout.of(List.of(spec));
        FeatureEncoder encoder = new FeatureEncoder(spec, layout);
        Scorer scorer = new Scorer(spec);
        Row row = new Row(layout);
        long rejected = 0;
        String firstReason = null;
        try (RowReader reader = files.open(layout)) {
            boolean more = true;
            while (more) {
                try {
                    more = reader.next(row);
                    if (more) {
                        row.id(Long.toString(reader.row()));
                        scorer.score(snapshot(spec, layout, row, snapshots).snapshot(), encoder.encode(row, 0, 0));
                    }
                } catch (InvalidSampleException e) {
                    firstReason = rejected++ == 0 ? "row " + reader.row() + ": " + e.getMessage() : firstReason;
                }
            }
        }
        if (rejected == 0 && scorer.rejected() > 0) {
            firstReason = "its loss is not finite";
        }
        return TestResult.of(files.toString(), spec, scorer, rejected + scorer.rejected(), firstReason);
    }

    private static PublishedSnapshot snapshot(
            ModelSpec spec, RowLayout layout, Row row, Map<String, PublishedSnapshot> snapshots)
            throws InvalidSampleException {
        String field = spec.key();
        String key = field == null ? "" : key(field, layout, row);
        PublishedSnapshot snapshot = snapshots.get(key);
        if (snapshot == null) {
            throw InvalidSampleException.of(
                    field == null ? "model" : field, field == null ? spec.name() : key, LEARNED);
        }
        return snapshot;
    }

    private static String key(@Nullable String field, RowLayout layout, Row row) throws InvalidSampleException {
        int index = field == null ? -1 : layout.text(field);
        if (index < 0 || !row.hasText(index)) {
            throw InvalidSampleException.of(String.valueOf(field), "missing", LEARNED);
        }
        return row.text(index);
    }
}

package io.freshet.cli.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.cli.input.DecimalText;
import io.freshet.cli.input.Format;
import io.freshet.cli.input.RowReader;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.loop.OutcomeJson;
import io.freshet.schemas.loop.OutcomeLabels;
import io.freshet.schemas.loop.OutcomeRecord;
import io.freshet.schemas.loop.OutcomeValue;
import io.freshet.schemas.sample.TimestampText;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of files as outcomes: a line of JSON as it is; columns of CSV by the names of the fields, where an empty value is
 * absent. Not thread-safe.
 *
 * <p>Without a specification, a value in CSV that looks like a number is one. Beside it, the name of a class may look like one.
 */
final class OutcomeRow {
    static final RowLayout LAYOUT = new RowLayout(List.of(), OutcomeRecord.FIELDS);
    /** All columns except the id. */
    static final Set<String> OPTIONAL = Set.copyOf(OutcomeRecord.FIELDS.subList(1, OutcomeRecord.FIELDS.size()));

    private final Format format;
    /** Null for outcomes that name their model, or are for all. */
    private final @Nullable ModelSpec model;

    private final @Nullable OutcomeLabels labels;

    /** @param model that all rows are for, or null */
    OutcomeRow(Format format, @Nullable ModelSpec model) {
        this.format = format;
        this.model = model;
        labels = model == null ? null : new OutcomeLabels(model);
    }

    /** @throws InvalidSampleException if the row is not an outcome, or not one of the model */
    OutcomeRecord decode(Row row, RowReader reader) throws InvalidSampleException {
        try {
            OutcomeRecord outcome =
                    format == Format.JSON_LINES ? OutcomeJson.read(reader.raw().getBytes(UTF_8)) : columns(row, reader);
            return model == null ? outcome : ofModel(model.name(), outcome);
        } catch (MalformedRecordException e) {
            throw new InvalidSampleException("row", String.valueOf(e.getMessage()));
        }
    }

    /** @throws InvalidSampleException if the record would be too large */
    byte[] encode(OutcomeRecord outcome) throws InvalidSampleException {
        try {
            return OutcomeJson.record(outcome);
        } catch (MalformedRecordException e) {
            throw new InvalidSampleException("row", String.valueOf(e.getMessage()));
        }
    }

    private OutcomeRecord ofModel(String name, OutcomeRecord outcome) throws InvalidSampleException {
        if (outcome.model() != null && !outcome.model().equals(name)) {
            throw InvalidSampleException.of("model", outcome.model(), name + ", as --model, or none");
        }
        if (labels != null) {
            labels.check(outcome);
        }
        return outcome.withModel(name);
    }

    private OutcomeRecord columns(Row row, RowReader reader) throws InvalidSampleException, MalformedRecordException {
        reader.requireValid();
        String id = text("id", row);
        String time = text("time", row);
        String exposure = text(OutcomeRecord.EXPOSURE, row);
        return new OutcomeRecord(
                optional("model", row),
                OutcomeRecord.requireId("id", id == null ? "" : id),
                optional("outcome_id", row),
                value(text("value", row)),
                time == null ? null : (Long) OutcomeRecord.requireTime(TimestampText.millis("time", time)),
                exposure != null && OutcomeRecord.isTrue(exposure) ? Set.of(OutcomeRecord.EXPOSURE) : Set.of());
    }

    private static @Nullable String optional(String field, Row row) throws MalformedRecordException {
        String text = text(field, row);
        return text == null ? null : OutcomeRecord.requireId(field, text);
    }

    private @Nullable OutcomeValue value(@Nullable String text) throws MalformedRecordException {
        if (text == null) {
            return null;
        }
        boolean named = model != null && !model.labels().isEmpty();
        double number = named ? Double.NaN : number(text);
        return Double.isFinite(number)
                ? OutcomeValue.Number.of(number, text)
                : new OutcomeValue.Name(OutcomeRecord.requireId("value", text));
    }

    private static double number(String text) {
        return switch (text) {
            case "true", "True", "TRUE" -> 1;
            case "false", "False", "FALSE" -> 0;
            default -> DecimalText.parse(text.toCharArray(), 0, text.length());
        };
    }

    /** Returns the text of a column, or null if it is absent or empty. */
    private static @Nullable String text(String field, Row row) {
        int place = LAYOUT.text(field);
        return row.hasText(place) && row.textFrom(place) < row.textTo(place) ? row.text(place) : null;
    }
}

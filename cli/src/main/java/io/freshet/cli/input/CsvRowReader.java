package io.freshet.cli.input;

import static java.nio.charset.StandardCharsets.UTF_8;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.schemas.sample.Excerpt;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows of comma-separated values (RFC 4180), or with another delimiter, under a header line; columns that the layout does not name are
 * skipped.
 *
 * <p>Empty lines are skipped, and empty numbers are missing. An unclosed quote is an {@link InputException}, since the
 * start of the next row is unknown. Fields are not converted to strings, except for error messages.
 */
final class CsvRowReader implements RowReader {
    private static final int INVALID = -1;

    private final InputFile input;
    private final CloseableIterator<CsvRecordBuffer> records;
    private final RowLayout layout;
    private final Delimiter delimiter;
    private final boolean detected;
    private final int columnCount;
    private final int[] numberColumns;
    private final int[] textColumns;
    private final CsvVectors vectors;
    private final String headerText;
    private final Utf8Text texts = new Utf8Text();
    /** The end of each text in {@link #texts}, or {@link #INVALID}. */
    private final int[] textEnds;

    private final int[] textStarts;
    private final Set<String> absent = new HashSet<>();
    private final List<InvalidSampleException> faults = new ArrayList<>();
    private @Nullable CsvRecordBuffer first;
    private CsvRecordBuffer record;
    private long row;

    /**
     * @param given null to detect the delimiter
     * @param optional fields that the file may lack
     */
    CsvRowReader(InputFile input, @Nullable Delimiter given, RowLayout layout, Set<String> optional)
            throws InputException {
        this.input = input;
        this.layout = layout;
        delimiter = given == null ? Delimiter.detect(input.peek()) : given;
        detected = given == null;
        textEnds = new int[layout.texts().size()];
        textStarts = new int[textEnds.length + 1];
        records = parser(delimiter, false)
                .build(new CsvRecordBuffer(), new InputStreamReader(input, UTF_8))
                .iterator();
        CsvRecordBuffer header = fetch();
        if (header == null) {
            throw new InputException(input.file(), "empty (expected: a header line and rows)");
        }
        CsvHeader columns = new CsvHeader(input.file(), header);
        headerText = header.raw(delimiter);
        columnCount = columns.size();
        numberColumns = columns.columns(layout.numbers(), optional);
        textColumns = columns.columns(layout.texts(), optional);
        vectors = new CsvVectors(columns, layout, optional);
        optional.stream().filter(field -> !columns.has(field)).forEach(absent::add);
        record = header;
        first = fetch();
        if (first == null) {
            throw new InputException(input.file(), "no rows (expected: rows under the header line)");
        }
    }

    /** @param truncated whether the text may end within quotes */
    static CsvReader.CsvReaderBuilder parser(Delimiter delimiter, boolean truncated) {
        return CsvReader.builder()
                .fieldSeparator(delimiter.character())
                .allowExtraFields(true)
                .allowMissingFields(true)
                .allowExtraCharsAfterClosingQuote(true)
                .allowUnclosedQuote(truncated)
                .maxBufferSize(MAXIMUM_LENGTH);
    }

    @Override
    public boolean read(Row target) throws InvalidSampleException, InputException {
        CsvRecordBuffer next = first == null ? fetch() : first;
        first = null;
        if (next == null) {
            return false;
        }
        record = next;
        row++;
        faults.clear();
        if (record.tooLong()) {
            throw InvalidSampleException.of("row", "too long", "up to " + MAXIMUM_LENGTH + " characters");
        }
        if (record.count() != columnCount) {
            throw InvalidSampleException.of("fields", record.count(), columnCount + ", as in the header");
        }
        readTexts();
        target.clear(texts.bytes());
        for (int place = 0; place < textColumns.length; place++) {
            if (textColumns[place] >= 0) {
                readText(target, place);
            }
        }
        for (int place = 0; place < numberColumns.length; place++) {
            if (numberColumns[place] >= 0) {
                readNumber(target, place);
            }
        }
        vectors.read(record, target, faults);
        return true;
    }

    /** Collects the texts; an invalid one ends before it starts. */
    private void readTexts() {
        texts.clear();
        for (int place = 0; place < textColumns.length; place++) {
            int column = textColumns[place];
            boolean valid = column < 0 || texts.add(record.chars(), record.from(column), record.to(column));
            textEnds[place] = valid ? texts.length() : INVALID;
            textStarts[place + 1] = texts.length();
        }
    }

    private void readText(Row target, int place) {
        if (textEnds[place] == INVALID) {
            target.invalidText(place);
            faults.add(bad(layout.texts(), place, textColumns[place], "UTF-8"));
        } else {
            target.text(place, textStarts[place], textEnds[place]);
        }
    }

    /** An empty number is missing in the row, and so may be a text; each model decides whether that is allowed. A time may be a text. */
    private void readNumber(Row target, int place) {
        int column = numberColumns[place];
        int from = record.from(column);
        int to = record.to(column);
        if (from == to) {
            return;
        }
        double value = DecimalText.parse(record.chars(), from, to);
        if (Math.abs(value) <= Double.MAX_VALUE) {
            target.number(place, value);
            return;
        }
        if (layout.times().contains(layout.numbers().get(place))) {
            return;
        }
        if (Double.isNaN(value)) {
            target.word(place, record.chars(), from, to, false);
            return;
        }
        target.invalidNumber(place);
        faults.add(bad(layout.numbers(), place, column, InvalidSampleException.expectedNumber(value)));
    }

    private InvalidSampleException bad(List<String> names, int place, int column, String expected) {
        return InvalidSampleException.of(names.get(place), Excerpt.of(record.text(column)), expected);
    }

    private @Nullable CsvRecordBuffer fetch() throws InputException {
        try {
            return records.hasNext() ? records.next() : null;
        } catch (CsvParseException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new InputException(input.file(), "not CSV after row " + row + ": " + cause.getMessage(), e);
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof InputException failure) {
                throw failure;
            }
            throw new InputException(input.file(), "cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public List<InvalidSampleException> faults() {
        return Collections.unmodifiableList(faults);
    }

    @Override
    public boolean lacks(String field) {
        return absent.contains(field);
    }

    @Override
    public long row() {
        return row;
    }

    @Override
    public String raw() {
        return record.raw(delimiter);
    }

    @Override
    public String header() {
        return headerText;
    }

    @Override
    public Delimiter delimiter() {
        return delimiter;
    }

    @Override
    public @Nullable String notice() {
        String encoding = input.notice();
        if (!detected || delimiter.equals(Delimiter.COMMA)) {
            return encoding;
        }
        return (encoding == null ? input.file() + ":" : encoding + ",") + " delimiter " + delimiter + " (detected)";
    }

    @Override
    public long bytesRead() {
        return input.bytesRead();
    }

    @Override
    public long size() {
        return input.size();
    }

    @Override
    public void close() throws IOException {
        records.close();
        input.close();
    }
}

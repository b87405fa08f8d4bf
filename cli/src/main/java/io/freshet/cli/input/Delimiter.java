package io.freshet.cli.input;

import de.siegmar.fastcsv.reader.CloseableIterator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The character between the fields of a CSV row.
 *
 * @param character is not a quote or a line break
 */
public record Delimiter(char character) {
    static final Delimiter COMMA = Named.comma.delimiter;

    /** The delimiters that are detected; the first wins a tie. */
    private enum Named {
        comma(','),
        semicolon(';'),
        tab('\t'),
        pipe('|');

        private final Delimiter delimiter;

        Named(char character) {
            delimiter = new Delimiter(character);
        }
    }

    /**
     * Parses a single character or a name.
     *
     * @param option to name in errors
     */
    static Delimiter parse(String option, String text) throws InputException {
        for (Named named : Named.values()) {
            if (named.name().equals(text)) {
                return named.delimiter;
            }
        }
        String character = text.equals("\\t") ? "\t" : text;
        if (character.length() != 1 || "\"\r\n".contains(character)) {
            throw new InputException(
                    option + ": " + text + " (expected: one character, or comma, semicolon, tab, or pipe)");
        }
        return new Delimiter(character.charAt(0));
    }

    /**
     * Returns the delimiter that splits the header, and the most of the rows into as many fields as the header. Among
     * equals, the one with the most fields. A comma if none splits the header.
     *
     * @param start of the file; a row without a line break at its end is incomplete
     */
    static Delimiter detect(byte[] start) {
        int end = start.length;
        while (end > 0 && start[end - 1] != '\n') {
            end--;
        }
        // The delimiters are ASCII, so any encoding that keeps ASCII shows them.
        String rows = new String(start, 0, end == 0 ? start.length : end, StandardCharsets.ISO_8859_1);
        Split best = new Split(0, 0);
        Delimiter detected = COMMA;
        for (Named named : Named.values()) {
            Split split = Split.of(rows, named.delimiter);
            if (split.fields > 1 && split.isBetterThan(best)) {
                best = split;
                detected = named.delimiter;
            }
        }
        return detected;
    }

    /**
     * The rows as a delimiter splits them.
     *
     * @param fields of the header
     * @param matching number of rows with as many fields
     */
    private record Split(int fields, int matching) {
        static Split of(String rows, Delimiter delimiter) {
            int fields = 0;
            int matching = 0;
            try (CloseableIterator<CsvRecordBuffer> records = CsvRowReader.parser(delimiter, true)
                    .build(new CsvRecordBuffer(), rows)
                    .iterator()) {
                fields = records.hasNext() ? records.next().count() : 0;
                while (records.hasNext()) {
                    matching += records.next().count() == fields ? 1 : 0;
                }
            } catch (IOException e) {
                throw new UncheckedIOException("text in memory can be read", e);
            }
            return new Split(fields, matching);
        }

        boolean isBetterThan(Split other) {
            return matching > other.matching || matching == other.matching && fields > other.fields;
        }
    }

    @Override
    public String toString() {
        return Arrays.stream(Named.values())
                .filter(named -> named.delimiter.equals(this))
                .findFirst()
                .map(Named::name)
                .orElse(Character.toString(character));
    }
}

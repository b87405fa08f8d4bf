package io.freshet.cli.input;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import java.util.Arrays;

/**
 * The fields of the current CSV record, concatenated in one array that is reused for every record.
 *
 * <p>Keeps up to {@link RowReader#MAXIMUM_LENGTH} characters, including separators; fields beyond that are only
 * counted.
 */
final class CsvRecordBuffer extends AbstractBaseCsvCallbackHandler<CsvRecordBuffer> {
    private char[] chars = new char[256];
    private int[] ends = new int[16];
    private boolean[] quoted = new boolean[16];
    private int kept;
    private int count;

    @Override
    protected void handleBegin(long line) {
        kept = 0;
        count = 0;
    }

    @Override
    protected void handleField(int index, char[] source, int offset, int length, boolean inQuotes) {
        int from = from(kept);
        if (kept == count && from + kept + length + 1L <= RowReader.MAXIMUM_LENGTH) {
            if (kept == ends.length) {
                ends = Arrays.copyOf(ends, kept * 2);
                quoted = Arrays.copyOf(quoted, kept * 2);
            }
            if (from + length > chars.length) {
                chars = Arrays.copyOf(chars, Math.max(chars.length * 2, from + length));
            }
            System.arraycopy(source, offset, chars, from, length);
            ends[kept] = from + length;
            quoted[kept++] = inQuotes;
        }
        count++;
    }

    @Override
    protected CsvRecordBuffer buildRecord() {
        return this;
    }

    /** Returns the number of fields, including those not kept. */
    int count() {
        return count;
    }

    boolean tooLong() {
        return kept < count;
    }

    /** Returns the array that contains the fields. */
    char[] chars() {
        return chars;
    }

    int from(int field) {
        return field == 0 ? 0 : ends[field - 1];
    }

    int to(int field) {
        return ends[field];
    }

    String text(int field) {
        return new String(chars, from(field), to(field) - from(field));
    }

    /** Returns a field without blanks and byte-order marks around it, and without quotes after a blank; as it is if it is quoted. */
    String name(int field) {
        String name = text(field);
        if (quoted[field]) {
            return name;
        }
        int from = 0;
        int to = name.length();
        while (from < to && isBlank(name.charAt(from))) {
            from++;
        }
        while (to > from && isBlank(name.charAt(to - 1))) {
            to--;
        }
        boolean hasQuotes = to - from >= 2 && name.charAt(from) == '"' && name.charAt(to - 1) == '"';
        return hasQuotes ? name.substring(from + 1, to - 1).replace("\"\"", "\"") : name.substring(from, to);
    }

    private static boolean isBlank(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\ufeff';
    }

    /** Returns the record as CSV, with its original quotes. */
    String raw(Delimiter delimiter) {
        StringBuilder raw = new StringBuilder();
        for (int i = 0; i < kept; i++) {
            if (i > 0) {
                raw.append(delimiter.character());
            }
            raw.append(quoted[i] ? "\"" + text(i).replace("\"", "\"\"") + "\"" : text(i));
        }
        return raw.toString();
    }
}

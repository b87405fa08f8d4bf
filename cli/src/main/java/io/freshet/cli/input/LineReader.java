package io.freshet.cli.input;

import java.util.Arrays;

/** Reads the lines of a file as bytes, without blank lines. One array is reused for all lines. */
final class LineReader {
    private final InputFile input;
    private final byte[] chunk = new byte[1 << 16];
    private int at;
    private int end;
    private byte[] line = new byte[256];
    private int length;
    private boolean tooLong;

    LineReader(InputFile input) {
        this.input = input;
    }

    /** Moves to the next line that is not blank; returns false at the end of the file. */
    boolean next() throws InputException {
        while (line()) {
            if (!blank()) {
                return true;
            }
        }
        return false;
    }

    /** Returns the array that starts with the line. */
    byte[] bytes() {
        return line;
    }

    /** Returns the length of the line in bytes, without the line break. */
    int length() {
        return length;
    }

    /** Whether the line was longer than {@link RowReader#MAXIMUM_LENGTH} and is truncated. */
    boolean tooLong() {
        return tooLong;
    }

    private boolean line() throws InputException {
        length = 0;
        tooLong = false;
        boolean any = false;
        while (at < end || fill()) {
            any = true;
            int start = at;
            while (at < end && chunk[at] != '\n') {
                at++;
            }
            keep(start, at);
            if (at < end) {
                at++;
                break;
            }
        }
        if (length > 0 && line[length - 1] == '\r') {
            length--;
        }
        return any;
    }

    private void keep(int from, int to) {
        int kept = Math.min(to - from, RowReader.MAXIMUM_LENGTH - length);
        tooLong |= kept < to - from;
        if (length + kept > line.length) {
            line = Arrays.copyOf(line, Math.max(line.length * 2, length + kept));
        }
        System.arraycopy(chunk, from, line, length, kept);
        length += kept;
    }

    private boolean fill() throws InputException {
        at = 0;
        end = Math.max(0, input.read(chunk, 0, chunk.length));
        return end > 0;
    }

    private boolean blank() {
        for (int i = 0; i < length; i++) {
            if (line[i] != ' ' && line[i] != '\t') {
                return false;
            }
        }
        return true;
    }
}

package io.freshet.server.request;

import io.freshet.learning.math.ExactDecimal;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A position in JSON of ASCII texts without escapes. Throws {@link Unrecognized} at anything else, valid or not. Not
 * thread-safe.
 */
final class PlainJson {
    /** Digits of any integer that fits into a long. */
    private static final int SAFE_DIGITS = 18;
    /** Longer numbers are left to the other reader, which limits them. */
    private static final int LONGEST_NUMBER = 100;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Eight digits 0. */
    private static final long ZEROS = 0x3030_3030_3030_3030L;
    /** Eight times a byte, if multiplied with it. */
    private static final long EACH = 0x0101_0101_0101_0101L;
    /** The highest bit of each byte. */
    private static final long HIGH = 0x8080_8080_8080_8080L;

    private static final String[] FIELDS = {"name", "datatype", "shape", "data", "inputs", "id"};
    private static final String[] DATATYPES =
            Arrays.stream(Datatype.values()).map(Datatype::name).toArray(String[]::new);

    private final byte[] json;
    private final int end;
    private int at;

    /** Not an error: there is something that this class does not recognize. */
    static final class Unrecognized extends Exception {
        private static final long serialVersionUID = 1;
        static final Unrecognized INSTANCE = new Unrecognized();

        private Unrecognized() {
            super(null, null, false, false);
        }
    }

    /** Starts at {@code json[from]}; the JSON ends before {@code json[end]}. */
    PlainJson(byte[] json, int from, int end) {
        this.json = json;
        at = from;
        this.end = end;
    }

    /** Reads the name of a field and the colon behind it. */
    String field() throws Unrecognized {
        String name = word(FIELDS);
        expect(':');
        return name;
    }

    /** Reads the name of a datatype. */
    String datatype() throws Unrecognized {
        return word(DATATYPES);
    }

    /** Reads one of a few texts, which is not copied from the bytes. */
    private String word(String[] words) throws Unrecognized {
        int start = startText();
        int length = endText() - start;
        for (String word : words) {
            if (word.length() == length && isAt(start, word)) {
                return word;
            }
        }
        throw Unrecognized.INSTANCE;
    }

    private boolean isAt(int start, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (json[start + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    String text() throws Unrecognized {
        int start = startText();
        return new String(json, start, endText() - start, StandardCharsets.ISO_8859_1);
    }

    private int startText() throws Unrecognized {
        expect('"');
        return at;
    }

    /** Moves behind the quotation mark that ends a text, and returns its position. */
    private int endText() throws Unrecognized {
        while (at <= end - Long.BYTES) {
            long special = special((long) LONG.get(json, at));
            if (special != 0) {
                at += Long.numberOfTrailingZeros(special) / Byte.SIZE;
                break;
            }
            at += Long.BYTES;
        }
        while (at < end && json[at] != '"') {
            byte b = json[at++];
            // Negative: not ASCII.
            require(b >= ' ' && b != '\\');
        }
        require(at < end);
        return at++;
    }

    /**
     * Returns whether bytes are special: quotation marks, backslashes, control characters, or not ASCII. The lowest bit set is in
     * the first byte that is; bits above it mean nothing.
     *
     * @see <a href="https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord">Anderson, Bit Twiddling Hacks</a>
     */
    private static long special(long eight) {
        long quotes = eight ^ EACH * '"';
        long backslashes = eight ^ EACH * '\\';
        return (quotes - EACH & ~quotes | backslashes - EACH & ~backslashes | eight - EACH * ' ' & ~eight | eight)
                & HIGH;
    }

    /** Reads a comma, and returns true; or the end of the array or object, and returns false. */
    boolean more(char close) throws Unrecognized {
        skipSpace();
        byte b = peek();
        at++;
        require(b == ',' || b == close);
        return b == ',';
    }

    void expect(char symbol) throws Unrecognized {
        skipSpace();
        require(peek() == symbol);
        at++;
    }

    private void expect(String word) throws Unrecognized {
        for (int i = 0; i < word.length(); i++) {
            require(peek() == word.charAt(i));
            at++;
        }
    }

    private byte peek() throws Unrecognized {
        require(at < end);
        return json[at];
    }

    private void skipSpace() {
        while (at < end && (json[at] == ' ' || json[at] == '\n' || json[at] == '\r' || json[at] == '\t')) {
            at++;
        }
    }

    /** Skips a symbol if it is next; returns whether it was. */
    boolean skip(char symbol) throws Unrecognized {
        skipSpace();
        boolean isNext = peek() == symbol;
        at += isNext ? 1 : 0;
        return isNext;
    }

    /** Expects that nothing follows. */
    void end() throws Unrecognized {
        skipSpace();
        require(at == end);
    }

    int position() {
        return at;
    }

    /** Returns everything from a position on. */
    String text(int from) {
        return new String(json, from, end - from, StandardCharsets.ISO_8859_1);
    }

    int remaining() {
        return end - at;
    }

    /** Returns an array of whole numbers, at least 1 and at most {@code most} of them. */
    List<Long> sizes(int most) throws Unrecognized {
        expect('[');
        long first = size();
        if (!more(']')) {
            return List.of(first);
        }
        List<Long> sizes = new ArrayList<>();
        sizes.add(first);
        do {
            sizes.add(size());
            require(sizes.size() <= most);
        } while (more(']'));
        return sizes;
    }

    private long size() throws Unrecognized {
        skipSpace();
        int start = at;
        long size = digits(0);
        require(at > start && at - start <= SAFE_DIGITS && (json[start] != '0' || at == start + 1));
        return size;
    }

    /** Adds the next value to data: a text, a flag, null, or a number. */
    void value(TensorData data) throws Unrecognized {
        skipSpace();
        switch (peek()) {
            case '"' -> data.addText(text());
            case 't' -> {
                expect("true");
                data.addFlag(true);
            }
            case 'f' -> {
                expect("false");
                data.addFlag(false);
            }
            case 'n' -> {
                expect("null");
                data.addNull();
            }
            default -> number(data);
        }
    }

    /** Reads a number: the digits as an integer, and a power of ten. */
    private void number(TensorData data) throws Unrecognized {
        int start = at;
        boolean negative = peek() == '-';
        if (negative) {
            at++;
        }
        int first = at;
        long digits = digits(0);
        int count = at - first;
        require(count > 0 && (count == 1 || json[first] != '0'));
        int exponent = 0;
        boolean decimal = false;
        if (at < end && json[at] == '.') {
            decimal = true;
            int point = ++at;
            digits = digits(digits);
            exponent = point - at;
            require(exponent < 0);
            count -= exponent;
        }
        if (at < end && (json[at] | 0x20) == 'e') {
            decimal = true;
            exponent += exponent();
        }
        require(at - start <= LONGEST_NUMBER);
        if (data.size() == 0) {
            data.keepFirst(new String(json, start, at - start, StandardCharsets.US_ASCII));
        }
        if (!decimal) {
            require(count <= SAFE_DIGITS);
            data.addInteger(negative ? -digits : digits);
        } else if (count <= SAFE_DIGITS && digits <= ExactDecimal.LARGEST && ExactDecimal.hasExponent(exponent)) {
            double value = ExactDecimal.of(digits, exponent);
            data.addDecimal(negative ? -value : value);
        } else {
            data.addDecimal(Double.parseDouble(new String(json, start, at - start, StandardCharsets.US_ASCII)));
        }
    }

    private int exponent() throws Unrecognized {
        at++;
        boolean negative = peek() == '-';
        if (negative || peek() == '+') {
            at++;
        }
        int first = at;
        long exponent = digits(0);
        require(at > first && at - first <= SAFE_DIGITS / 2);
        return (int) (negative ? -exponent : exponent);
    }

    /** Reads digits behind those of a number; overflows if there are too many, which the caller checks. */
    private long digits(long before) {
        byte[] bytes = json;
        long number = before;
        int next = at;
        while (next <= end - Long.BYTES) {
            long eight = (long) LONG.get(bytes, next);
            if (!isDigits(eight)) {
                break;
            }
            number = 100_000_000 * number + eightDigits(eight);
            next += Long.BYTES;
        }
        while (next < end) {
            int digit = bytes[next] - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            number = 10 * number + digit;
            next++;
        }
        at = next;
        return number;
    }

    /** Returns whether all eight bytes are digits: from 0x30, and below 0x40 if 6 is added. */
    private static boolean isDigits(long eight) {
        long high = 0xf0f0_f0f0_f0f0_f0f0L;
        return (eight & high) == ZEROS && (eight + 0x0606_0606_0606_0606L & high) == ZEROS;
    }

    /** Returns the number of eight digits, the first in the lowest byte: adds up pairs, then pairs of pairs, then both halves. */
    private static long eightDigits(long eight) {
        long digits = eight - ZEROS;
        long pairs = (10 * digits + (digits >>> 8)) & 0x00ff_00ff_00ff_00ffL;
        long fours = (100 * pairs + (pairs >>> 16)) & 0x0000_ffff_0000_ffffL;
        return (10_000 * fours + (fours >>> 32)) & 0xffff_ffffL;
    }

    static void require(boolean holds) throws Unrecognized {
        if (!holds) {
            throw Unrecognized.INSTANCE;
        }
    }
}

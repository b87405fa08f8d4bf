package io.freshet.server.request;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests as most clients send them, in one pass over the bytes: an id and inputs, ASCII texts without escapes, and
 * numbers that are parsed into the array that is predicted from.
 *
 * <p>Recognizes nothing else: {@link #read} returns null for a request with other fields, for what is not valid, and for
 * what is rare, so that {@link InferRequestReader} reads it, and reports what is wrong. Pinned by {@code
 * PlainRequestReaderTest}, which compares the two. Not thread-safe.
 */
final class PlainRequestReader {
    /** A double has every integer of up to this magnitude, so that one multiplication or division by a power is exact. */
    private static final long LARGEST_EXACT = 1L << 53;
    /** Digits of any integer that fits into a long. */
    private static final int SAFE_DIGITS = 18;
    /** Longer numbers are left to the other reader, which limits them. */
    private static final int LONGEST_NUMBER = 100;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Eight digits 0. */
    private static final long ZEROS = 0x3030_3030_3030_3030L;

    private static final double[] POWERS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22
    };

    private final byte[] json;
    private final int end;
    private final int maximumRows;
    private int at;

    /** Not an error: the request has something that this reader does not recognize. */
    private static final class Unrecognized extends Exception {
        private static final long serialVersionUID = 1;
        private static final Unrecognized INSTANCE = new Unrecognized();

        private Unrecognized() {
            super(null, null, false, false);
        }
    }

    /** Reads {@code json[from, end)}. */
    PlainRequestReader(byte[] json, int from, int end, int maximumRows) {
        this.json = json;
        at = from;
        this.end = end;
        this.maximumRows = maximumRows;
    }

    /**
     * Returns the request, or null if it is not recognized.
     *
     * @throws RequestException if a tensor is invalid, as {@link TensorHeader} describes
     */
    @Nullable InferRequest read() throws RequestException {
        try {
            return request();
        } catch (Unrecognized e) {
            return null;
        }
    }

    private InferRequest request() throws Unrecognized, RequestException {
        String id = null;
        List<InputTensor> inputs = null;
        expect('{');
        do {
            switch (field()) {
                case "id" -> id = once(id, text());
                case "inputs" -> inputs = once(inputs, inputs());
                default -> throw Unrecognized.INSTANCE;
            }
        } while (more('}'));
        skipSpace();
        require(at == end);
        return InferRequest.of(id, inputs, List.of(), RequestParameters.NONE);
    }

    private List<InputTensor> inputs() throws Unrecognized, RequestException {
        List<InputTensor> inputs = new ArrayList<>();
        expect('[');
        do {
            inputs.add(input());
        } while (more(']'));
        return inputs;
    }

    private InputTensor input() throws Unrecognized, RequestException {
        String name = null;
        String datatype = null;
        List<Long> shape = null;
        TensorData data = null;
        expect('{');
        do {
            switch (field()) {
                case "name" -> name = once(name, text());
                case "datatype" -> datatype = once(datatype, text());
                case "shape" -> shape = once(shape, shape());
                case "data" -> data = once(data, data(shape));
                default -> throw Unrecognized.INSTANCE;
            }
        } while (more('}'));
        if (name == null) {
            throw Unrecognized.INSTANCE;
        }
        return TensorHeader.of(name, datatype, shape, maximumRows).with(data);
    }

    private List<Long> shape() throws Unrecognized {
        List<Long> shape = new ArrayList<>(2);
        expect('[');
        do {
            skipSpace();
            int start = at;
            long size = digits(0);
            require(at > start && at - start <= SAFE_DIGITS && (json[start] != '0' || at == start + 1));
            shape.add(size);
            require(shape.size() <= Nesting.MAXIMUM_DEPTH);
        } while (more(']'));
        return shape;
    }

    /** @param shape that the values should have, or null if it is not known yet */
    private TensorData data(@Nullable List<Long> shape) throws Unrecognized {
        TensorData data = new TensorData(shape == null ? 1 : capacity(shape));
        Nesting nesting = data.nesting();
        expect('[');
        nesting.open();
        while (nesting.depth() > 0) {
            skipSpace();
            if (peek() == '[') {
                at++;
                require(nesting.open());
                continue;
            }
            value(data);
            while (nesting.depth() > 0 && !more(']')) {
                nesting.close();
            }
        }
        return data;
    }

    /** Returns the number of values, at most what fits into the rest of the bytes. */
    private int capacity(List<Long> shape) {
        long values = 1;
        long most = (end - at) / 2;
        for (long size : shape) {
            values = Math.min(most, values * Math.min(most, size));
        }
        return (int) Math.max(1, values);
    }

    private void value(TensorData data) throws Unrecognized {
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

    /**
     * Reads a number: the digits as an integer m, and a power of ten.
     *
     * <pre>
     *   m * 10^e   rounded once, and so the nearest double, if m <= 2^53 and |e| <= 22
     * </pre>
     *
     * @see <a href="https://dl.acm.org/doi/10.1145/93542.93557">Clinger, How to read floating point numbers accurately (1990)</a>
     */
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
        if (!decimal) {
            require(count <= SAFE_DIGITS);
            data.addInteger(negative ? -digits : digits);
        } else if (count <= SAFE_DIGITS && digits <= LARGEST_EXACT && Math.abs(exponent) < POWERS.length) {
            double value = exponent < 0 ? digits / POWERS[-exponent] : digits * POWERS[exponent];
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

    /** Reads the name of a field and the colon behind it. */
    private String field() throws Unrecognized {
        String name = text();
        expect(':');
        return name;
    }

    private String text() throws Unrecognized {
        expect('"');
        int start = at;
        while (at < end && json[at] != '"') {
            byte b = json[at++];
            // Negative: not ASCII.
            require(b >= ' ' && b != '\\');
        }
        require(at < end);
        return new String(json, start, at++ - start, StandardCharsets.ISO_8859_1);
    }

    /** Reads a comma, and returns true; or the end of the array or object, and returns false. */
    private boolean more(char close) throws Unrecognized {
        skipSpace();
        byte b = peek();
        at++;
        require(b == ',' || b == close);
        return b == ',';
    }

    private void expect(char symbol) throws Unrecognized {
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

    /** Returns the value of a field that must not have occurred before. */
    private static <T> T once(@Nullable T before, T value) throws Unrecognized {
        require(before == null);
        return value;
    }

    private static void require(boolean holds) throws Unrecognized {
        if (!holds) {
            throw Unrecognized.INSTANCE;
        }
    }
}

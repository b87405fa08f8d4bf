package io.freshet.schemas.sample;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.schemas.avro.AvroPlan;
import io.freshet.schemas.avro.AvroSkips;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.sample.FieldPaths.Field;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Creates the plans for values that become fields of a row: numbers, texts, and vectors. */
final class AvroLeaves {
    /** Maximum bytes of a decimal; 38 digits take 16. */
    private static final int MAXIMUM_DECIMAL_BYTES = 64;

    /** A schema may claim a scale of 2^31-1, and the text of such a decimal has as many digits. */
    private static final int MAXIMUM_DECIMAL_SCALE = 1_000;

    private final RowFiller out;
    private final AvroSkips skips;
    /** The plan of each enum and record for each field: a schema can name them many times. */
    private final Map<Field, Map<Schema, AvroPlan>> named = new IdentityHashMap<>();

    AvroLeaves(RowFiller out, AvroSkips skips) {
        this.out = out;
        this.skips = skips;
    }

    /** @param schema not a union */
    AvroPlan of(Schema schema, Field field) {
        Schema.Type type = schema.getType();
        if (type == Schema.Type.NULL) {
            return AvroPlan.NOTHING;
        }
        if (type == Schema.Type.ARRAY) {
            return array(schema, field);
        }
        AvroPlan scalar = scalar(schema, field);
        if (field.vector < 0) {
            return scalar;
        }
        String kind = kind(schema);
        return in -> {
            out.invalidVector(field, kind);
            scalar.read(in);
        };
    }

    /** Reads a field as each type that the layout has it as. It may be valid as one and invalid as another. */
    private AvroPlan scalar(Schema schema, Field field) {
        return switch (schema.getType()) {
            case BOOLEAN ->
                in -> {
                    boolean value = in.readBoolean();
                    set(field, value ? 1 : 0, wantsText(field) ? Boolean.toString(value) : null);
                };
            case INT, LONG -> integer(schema, field);
            case FLOAT ->
                in -> {
                    float value = in.readFloat();
                    set(field, value, wantsText(field) ? Float.toString(value) : null);
                };
            case DOUBLE ->
                in -> {
                    double value = in.readDouble();
                    set(field, value, wantsText(field) ? Double.toString(value) : null);
                };
            case STRING ->
                in -> {
                    int length = in.readLength();
                    setText(field, in.bytes(), in.at(), in.at() + length);
                    in.skip(length);
                };
            case ENUM, RECORD -> named(schema, field);
            case BYTES, FIXED -> bytes(schema, field);
            default -> mismatch(schema, field, "a text");
        };
    }

    private AvroPlan named(Schema schema, Field field) {
        return named.computeIfAbsent(field, any -> new IdentityHashMap<>())
                .computeIfAbsent(
                        schema,
                        any -> schema.getType() == Schema.Type.ENUM
                                ? symbol(schema.getEnumSymbols(), field)
                                : record(schema, field));
    }

    private static boolean wantsText(Field field) {
        return field.text >= 0 || field.isRecordField();
    }

    private void set(Field field, double number, @Nullable String text) throws MalformedRecordException {
        if (field.number >= 0) {
            out.number(field, number);
        }
        if (text != null) {
            if (field.text >= 0) {
                out.text(field, text);
            }
            if (field.isRecordField()) {
                out.recordField(field, text);
            }
        }
    }

    private void setText(Field field, byte[] utf8, int from, int to) throws MalformedRecordException {
        if (field.isRecordField()) {
            out.recordField(field, new String(utf8, from, to - from, StandardCharsets.UTF_8));
        }
        if (field.number >= 0 && !field.dateTime) {
            out.word(field, utf8, from, to);
        }
        if (field.text >= 0) {
            out.text(field, utf8, from, to);
        }
    }

    private AvroPlan integer(Schema schema, Field field) {
        long perMilli = perMilli(schema);
        return in -> {
            long value = in.readLong();
            if (field.time) {
                out.time(Math.floorDiv(value, perMilli));
            }
            double number = field.dateTime ? Math.floorDiv(value, perMilli) : value;
            set(field, number, field.text >= 0 || field.id || field.model ? Long.toString(value) : null);
        };
    }

    /** Returns the number of timestamp units in a millisecond. */
    private static long perMilli(Schema schema) {
        String type = String.valueOf(schema.getProp("logicalType"));
        if (type.endsWith("timestamp-micros")) {
            return 1_000;
        }
        return type.endsWith("timestamp-nanos") ? 1_000_000 : 1;
    }

    private AvroPlan symbol(List<String> symbols, Field field) {
        byte[][] texts = symbols.stream()
                .map(symbol -> symbol.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        return in -> {
            byte[] text = texts[in.readIndex(texts.length)];
            setText(field, text, 0, text.length);
        };
    }

    /** Bytes are a number if their logical type is decimal. */
    private AvroPlan bytes(Schema schema, Field field) {
        if (!(schema.getLogicalType() instanceof LogicalTypes.Decimal decimal)) {
            return mismatch(schema, field, "a text");
        }
        int scale = decimal.getScale();
        if (scale > MAXIMUM_DECIMAL_SCALE) {
            String expected = "a decimal of a scale up to " + MAXIMUM_DECIMAL_SCALE;
            return mismatch(schema, field, "of scale " + scale, expected, expected);
        }
        boolean fixed = schema.getType() == Schema.Type.FIXED;
        return in -> {
            int length = fixed ? schema.getFixedSize() : in.readLength();
            int from = in.at();
            in.skip(length);
            if (length == 0 || length > MAXIMUM_DECIMAL_BYTES) {
                String expected = "a decimal of 1 to " + MAXIMUM_DECIMAL_BYTES;
                invalid(field, length + " bytes", expected, expected);
                return;
            }
            BigDecimal value = new BigDecimal(new BigInteger(in.bytes(), from, length), scale);
            set(field, value.doubleValue(), wantsText(field) ? value.toPlainString() : null);
        };
    }

    private AvroPlan record(Schema schema, Field field) {
        AvroPlan sparse = isText(field) ? new AvroSparse(field, out, skips).plan(schema) : null;
        String text = field.sparse ? "a text of pairs index:value, or a record of indices and values" : "a text";
        return sparse == null ? mismatch(schema, field, text) : invalidAsNumber(sparse, schema, field);
    }

    private AvroPlan array(Schema schema, Field field) {
        AvroElement element = field.vector >= 0 ? AvroElement.ofEach(schema) : null;
        boolean words = schema.getElementType().getType() == Schema.Type.STRING && isText(field);
        String kind = kind(schema);
        String text = "a text, or an array of texts";
        if (element != null) {
            AvroPlan vector = vector(element, field);
            return in -> {
                vector.read(in);
                invalid(field, kind, "a number", text);
            };
        }
        AvroPlan read =
                words ? invalidAsNumber(new AvroWords(field, out), schema, field) : mismatch(schema, field, text);
        return field.vector < 0
                ? read
                : in -> {
                    out.invalidVector(field, kind);
                    read.read(in);
                };
    }

    /** Returns whether a field may be words or a sparse vector. */
    private static boolean isText(Field field) {
        return field.text >= 0 && !field.isRecordField();
    }

    /** Returns a plan that also marks the field invalid for the models that read it as a number. */
    private AvroPlan invalidAsNumber(AvroPlan plan, Schema schema, Field field) {
        String kind = kind(schema);
        return field.number < 0
                ? plan
                : in -> {
                    plan.read(in);
                    out.invalidNumber(field, kind, "a number");
                };
    }

    private AvroPlan vector(AvroElement element, Field field) {
        return in -> {
            int length = 0;
            out.vector(field, 0);
            for (int count = in.readBlock(); count != 0; count = in.readBlock()) {
                float[] vector = out.vector(field, length + count);
                for (int end = length + count; length < end; length++) {
                    vector[length] = element.read(in);
                }
            }
        };
    }

    /** Returns the plan for one element of a vector, under a numbered name such as {@code pixel3}. */
    AvroPlan numbered(Schema schema, NumberedColumns vector, int number) {
        AvroElement element = AvroElement.of(schema);
        if (element != null) {
            return in -> vector.set(number, element.read(in));
        }
        AvroPlan skip = skips.of(schema);
        return in -> {
            skip.read(in);
            vector.set(number, Float.POSITIVE_INFINITY);
            out.reportFault(InvalidSampleException.of(vector.prefix() + number, kind(schema), "a number"));
        };
    }

    private AvroPlan mismatch(Schema schema, Field field, String expectedText) {
        return mismatch(schema, field, kind(schema), "a number", field.isRecordField() ? "a text" : expectedText);
    }

    private AvroPlan mismatch(Schema schema, Field field, String actual, String expectedNumber, String expectedText) {
        AvroPlan skip = skips.of(schema);
        return in -> {
            if (field.isRecordField()) {
                throw new MalformedRecordException(field.name + ": " + actual + " (expected: " + expectedText + ")");
            }
            skip.read(in);
            invalid(field, actual, expectedNumber, expectedText);
        };
    }

    private void invalid(Field field, String actual, String expectedNumber, String expectedText) {
        if (field.number >= 0) {
            out.invalidNumber(field, actual, expectedNumber);
        }
        if (field.text >= 0) {
            out.invalidText(field, actual, expectedText);
        }
    }

    private static String kind(Schema schema) {
        return "of type " + schema.getType().getName().toLowerCase(Locale.ROOT);
    }
}

package io.freshet.schemas.sample;

import io.freshet.schemas.avro.AvroCursor;
import io.freshet.schemas.avro.AvroPlan;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.sample.FieldPaths.Field;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Joins an array of words into one text, separated by spaces. */
final class AvroWords implements AvroPlan {
    private final Field field;
    private final RowFiller out;
    private byte[] words = new byte[64];

    AvroWords(Field field, RowFiller out) {
        this.field = field;
        this.out = out;
    }

    @Override
    public void read(AvroCursor in) throws MalformedRecordException {
        int end = 0;
        int number = 0;
        boolean valid = true;
        for (int count = in.readBlock(); count != 0; count = in.readBlock()) {
            for (int i = 0; i < count; i++, number++) {
                int length = in.readLength();
                if (valid && !isWord(in.bytes(), in.at(), length)) {
                    String word = new String(in.bytes(), in.at(), Math.min(length, 200), StandardCharsets.UTF_8);
                    out.invalidText(field, number, "\"" + Excerpt.start(word) + "\"", "a word without spaces");
                    valid = false;
                }
                if (valid) {
                    end = add(in.bytes(), in.at(), length, end);
                }
                in.skip(length);
            }
        }
        if (valid) {
            out.text(field, words, 0, end);
        }
    }

    private int add(byte[] bytes, int from, int length, int end) {
        if (end + 1 + length > words.length) {
            words = Arrays.copyOf(words, Math.max(words.length * 2, end + 1 + length));
        }
        int at = end;
        if (at > 0) {
            words[at++] = ' ';
        }
        System.arraycopy(bytes, from, words, at, length);
        return at + length;
    }

    private static boolean isWord(byte[] bytes, int from, int length) {
        for (int i = from; i < from + length; i++) {
            if (bytes[i] == ' ') {
                return false;
            }
        }
        return length > 0;
    }
}

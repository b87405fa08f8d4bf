package io.freshet.schemas.topic;

import io.freshet.schemas.avro.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The key of a record on the parameters topic, as text: {@code model/key} for a snapshot or manifest, {@code
 * model#3/key} for a block. A model's name has neither sign, so that the first of them ends it.
 *
 * @param model name of the model
 * @param key value of its key field, or ""
 * @param block number of the block, or -1 for the snapshot itself
 */
public record ParameterKey(String model, String key, int block) {
    public static final int SNAPSHOT = -1;
    /** Bytes of the longest value of a key field, in UTF-8: it is in each record, each state and each address of its model. */
    public static final int LONGEST_KEY = 1 << 10;
    /** What the value of a key field must be. An empty one would be taken for that of a model without a key. */
    public static final String EXPECTED_KEY = "a key of 1 to " + LONGEST_KEY + " bytes of UTF-8";

    public static ParameterKey snapshot(String model, String key) {
        return new ParameterKey(model, key, SNAPSHOT);
    }

    public static ParameterKey block(String model, String key, int block) {
        return new ParameterKey(model, key, block);
    }

    /** Whether a model may have a key of so many bytes. */
    public static boolean isKeyLength(int bytes) {
        return bytes > 0 && bytes <= LONGEST_KEY;
    }

    /** Returns the text that decides the partition, the same for a snapshot and its blocks. */
    public String address() {
        return model + "/" + key;
    }

    public byte[] toBytes() {
        String text = block == SNAPSHOT ? address() : model + "#" + block + "/" + key;
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static ParameterKey parse(byte @Nullable [] bytes) throws MalformedRecordException {
        if (bytes == null) {
            throw new MalformedRecordException("key: none (expected: model/key or model#block/key)");
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new MalformedRecordException("key: " + text + " (expected: model/key or model#block/key)");
        }
        int sign = text.lastIndexOf('#', slash);
        String model = text.substring(0, sign < 0 ? slash : sign);
        try {
            int block = sign < 0 ? SNAPSHOT : Integer.parseUnsignedInt(text, sign + 1, slash, 10);
            if (sign >= 0 && block < 0) {
                throw new NumberFormatException("block: " + block);
            }
            return new ParameterKey(model, text.substring(slash + 1), block);
        } catch (NumberFormatException e) {
            throw new MalformedRecordException("key: " + text + " (expected: model/key or model#block/key)");
        }
    }
}

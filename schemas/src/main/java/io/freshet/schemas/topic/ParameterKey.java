package io.freshet.schemas.topic;

import io.freshet.schemas.avro.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The key of a record on the parameters topic: {@code model/key} for a snapshot or manifest, {@code model#3/key} for a block.
 * The name of a model contains neither {@code /} nor {@code #}, so the first of them ends it.
 *
 * @param model name of the model
 * @param key value of its key field, or ""
 * @param block number of the block, or {@link #SNAPSHOT}
 */
public record ParameterKey(String model, String key, int block) {
    /** The block number of a snapshot or manifest. */
    public static final int SNAPSHOT = -1;
    /** Bytes of the longest value of a key field, in UTF-8. Every record, state, and address of its model repeats it. */
    public static final int LONGEST_KEY = 1 << 10;
    /** Describes a valid key. An empty one is invalid: it would belong to a model without a key field. */
    public static final String EXPECTED_KEY = "a key of 1 to " + LONGEST_KEY + " bytes of UTF-8";

    public static ParameterKey snapshot(String model, String key) {
        return new ParameterKey(model, key, SNAPSHOT);
    }

    public static ParameterKey block(String model, String key, int block) {
        return new ParameterKey(model, key, block);
    }

    /** Returns whether a key may have this length. */
    public static boolean isKeyLength(int bytes) {
        return bytes > 0 && bytes <= LONGEST_KEY;
    }

    /** Returns the text that determines the partition; a snapshot and its blocks share it. */
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

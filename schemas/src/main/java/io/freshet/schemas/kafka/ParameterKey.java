package io.freshet.schemas.kafka;

import io.freshet.schemas.avro.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The key of a record on the parameters topic: {@code model/key} for a snapshot or manifest, {@code model#3/key} for block 3.
 * A model name contains neither {@code /} nor {@code #}, so it ends at the first of them.
 *
 * @param model name of the model
 * @param key value of its key field, or ""
 * @param block number of the block, or {@link #SNAPSHOT}
 */
public record ParameterKey(String model, String key, int block) {
    /** The block number of a snapshot or manifest. */
    public static final int SNAPSHOT = -1;
    /** Maximum length of a key in bytes of UTF-8. Each record and state of the model repeats its key. */
    public static final int LONGEST_KEY = 1 << 10;
    /** Describes a valid key, for messages. The empty key is reserved for models without a key field. */
    public static final String EXPECTED_KEY = "a key of 1 to " + LONGEST_KEY + " bytes of UTF-8";

    public static ParameterKey snapshot(String model, String key) {
        return new ParameterKey(model, key, SNAPSHOT);
    }

    public static ParameterKey block(String model, String key, int block) {
        return new ParameterKey(model, key, block);
    }

    /** Returns whether a key of this length is valid. */
    public static boolean isKeyLength(int bytes) {
        return bytes > 0 && bytes <= LONGEST_KEY;
    }

    /** Returns {@code model/key}, which determines the partition: a snapshot and its blocks share one. */
    public String modelKey() {
        return model + "/" + key;
    }

    public byte[] toBytes() {
        String text = block == SNAPSHOT ? modelKey() : model + "#" + block + "/" + key;
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
        int hash = text.lastIndexOf('#', slash);
        String model = text.substring(0, hash < 0 ? slash : hash);
        try {
            int block = hash < 0 ? SNAPSHOT : Integer.parseUnsignedInt(text, hash + 1, slash, 10);
            if (hash >= 0 && block < 0) {
                throw new NumberFormatException("block: " + block);
            }
            return new ParameterKey(model, text.substring(slash + 1), block);
        } catch (NumberFormatException e) {
            throw new MalformedRecordException("key: " + text + " (expected: model/key or model#block/key)");
        }
    }
}

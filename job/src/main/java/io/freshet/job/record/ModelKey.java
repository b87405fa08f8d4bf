package io.freshet.job.record;

/** The two parts of a model key, {@code model/key}. A model's name has no slash. */
public final class ModelKey {
    private ModelKey() {}

    /** Returns the model key of a model without a key field. */
    public static String ofWhole(String model) {
        return model + "/";
    }

    /** Returns the model key of a replica, from which it learns. */
    public static String ofReplica(String model, int replica) {
        return model + "/" + replica;
    }

    /**
     * Returns the model key of a reducer of blocks.
     *
     * @param first block of the reducer
     */
    public static String ofBlocks(String model, int first) {
        return model + "/blocks-" + first;
    }

    /** Returns the number of the replica that has a model key of {@link #ofReplica}. */
    public static int replica(String modelKey) {
        return Integer.parseInt(key(modelKey));
    }

    public static String model(String modelKey) {
        return modelKey.substring(0, modelKey.indexOf('/'));
    }

    /** Returns the value of the key field, or "". */
    public static String key(String modelKey) {
        return modelKey.substring(modelKey.indexOf('/') + 1);
    }

    public static boolean isOf(String modelKey, String model) {
        return modelKey.startsWith(model + "/");
    }
}

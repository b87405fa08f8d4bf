package io.freshet.job.record;

/** The two parts of a model key, {@code model/key}. A model's name has no slash. */
public final class ModelKey {
    private ModelKey() {}

    /** Returns the model key of a model without a key field. */
    public static String ofWhole(String model) {
        return model + "/";
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

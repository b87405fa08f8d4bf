package io.freshet.learning.spec;

import io.freshet.learning.loss.Loss;
import io.freshet.learning.model.Model;
import io.freshet.learning.optimizer.Optimizer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that a user says of a model: its fields, features, loss, optimizer and the rest. Hyperparameters, never
 * parameters: learning does not change it.
 *
 * @param name letters, digits, {@code . _ -}, at most 100
 * @param label number field to predict
 * @param key text field that splits the model into one for each value, or null for one model
 * @param weight number field with a sample's importance, or null for 1
 * @param features what the model sees
 * @param model its shape
 * @param outputs classes of a classifier, K; otherwise 1
 * @param loss what is minimised
 * @param optimizer how a gradient becomes a change
 * @param learningRate &gt; 0
 * @param batchSize samples to an update, at least 1
 * @param seed of the hashes, and of everything random
 * @param publish when snapshots go out
 * @param window samples to a window of progressive validation
 */
public record ModelSpec(
        String name,
        String label,
        @Nullable String key,
        @Nullable String weight,
        FeatureSpec features,
        Model model,
        int outputs,
        Loss loss,
        Optimizer optimizer,
        double learningRate,
        int batchSize,
        long seed,
        PublishSpec publish,
        int window) {

    /** Returns the number fields that the model reads from a record: label, weight, numeric features. */
    public List<String> numberFields() {
        Set<String> fields = new LinkedHashSet<>(features.numeric());
        fields.add(label);
        if (weight != null) {
            fields.add(weight);
        }
        return new ArrayList<>(fields);
    }

    /** Returns the text fields that the model reads from a record: key, categories, crosses, sparse vectors. */
    public List<String> textFields() {
        Set<String> fields = new LinkedHashSet<>();
        if (key != null) {
            fields.add(key);
        }
        fields.addAll(features.categorical());
        features.cross().forEach(fields::addAll);
        fields.addAll(features.sparse());
        return new ArrayList<>(fields);
    }

    /** Returns the parameters that one key learns: rows times outputs. */
    public int parameterCount() {
        return model.parameterCount(features.rows(), outputs);
    }

    /** Returns the whole effective specification as YAML, every default filled in; the same spec gives the same text. */
    public String toYaml() {
        return SpecYaml.write(this);
    }

    /** Returns a fingerprint of {@link #toYaml}: 16 hexadecimal digits of its SHA-256. */
    public String hash() {
        return fingerprint(toYaml());
    }

    /**
     * Returns a fingerprint of all that gives state its meaning: fields, shape, loss, kind of optimizer, seed. A model
     * whose specification changes goes on from the state that it has if this stays the same.
     */
    public String stateHash() {
        return fingerprint(String.join(
                "\n",
                label,
                "key " + key,
                "weight " + weight,
                features.toString(),
                model.name(),
                Integer.toString(outputs),
                loss.name(),
                optimizer.name(),
                Long.toString(seed)));
    }

    private static String fingerprint(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * Reads a specification from YAML.
     *
     * @throws SpecException if a field is unknown, missing, of the wrong type or impossible
     */
    public static ModelSpec parse(String yaml) {
        return SpecYaml.read(yaml);
    }
}

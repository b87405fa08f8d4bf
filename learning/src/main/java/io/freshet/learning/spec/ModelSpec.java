package io.freshet.learning.spec;

import io.freshet.learning.features.InputFields;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.model.InputShape;
import io.freshet.learning.model.Model;
import io.freshet.learning.model.ParameterTable;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.yaml.SpecException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that a user says of a model: its fields, features, loss, optimizer and the rest. Hyperparameters, never
 * parameters: learning does not change it.
 *
 * @param name letters, digits, {@code . _ -}, at most 100
 * @param fields what the record's fields are, beside features
 * @param features what the model sees
 * @param model its shape
 * @param outputs classes of a classifier, targets of a regression, K
 * @param loss to minimize
 * @param training how samples become changes of the parameters
 * @param holdout share of the samples that are predicted and never learned, in [0, 1)
 * @param seed of the hashes, and of everything random
 * @param publish when snapshots go out
 * @param window samples to a window of progressive validation
 * @param watch what watches it learn
 * @param stream how it takes the stream
 */
public record ModelSpec(
        String name,
        FieldSpec fields,
        FeatureSpec features,
        Model model,
        int outputs,
        Loss loss,
        TrainingSpec training,
        double holdout,
        long seed,
        PublishSpec publish,
        int window,
        WatchSpec watch,
        StreamSpec stream)
        implements InputFields {

    /** Returns the name of what is predicted, as a user would say it: the label field, or the list of them. */
    public String label() {
        return String.join(",", fields.label());
    }

    public @Nullable String key() {
        return fields.key();
    }

    public Optimizer optimizer() {
        return training.optimizer();
    }

    /** Returns the number fields that the model reads from a record: numeric features, label, length of a sequence, weight, sampling rate. */
    @Override
    public List<String> numberFields() {
        Set<String> names = new LinkedHashSet<>(features.numeric());
        if (!fields.labelIsVector()) {
            names.addAll(fields.label());
        }
        addTo(names, features.length());
        addTo(names, fields.weight());
        addTo(names, fields.samplingRate());
        return new ArrayList<>(names);
    }

    /** Returns the text fields that the model reads from a record: key, id, what is hashed. */
    @Override
    public List<String> textFields() {
        Set<String> names = new LinkedHashSet<>(inputTextFields());
        addTo(names, fields.id());
        return new ArrayList<>(names);
    }

    /** Returns the number fields that a prediction needs: numeric features, length of a sequence. */
    public List<String> inputNumberFields() {
        Set<String> names = new LinkedHashSet<>(features.numeric());
        addTo(names, features.length());
        return new ArrayList<>(names);
    }

    /** Returns the text fields that a prediction needs: key, what is hashed. */
    public List<String> inputTextFields() {
        Set<String> names = new LinkedHashSet<>();
        addTo(names, fields.key());
        names.addAll(features.textFields());
        return new ArrayList<>(names);
    }

    /** Returns the vector fields that the model reads from a record: dense features, a vector label. */
    @Override
    public List<String> vectorFields() {
        Set<String> names = new LinkedHashSet<>();
        features.dense().forEach(vector -> names.add(vector.field()));
        if (fields.labelIsVector()) {
            names.addAll(fields.label());
        }
        return new ArrayList<>(names);
    }

    /** Returns whether hold-out or deduplication uses the record's own id, which a producer must then set. */
    public boolean needsRecordId() {
        return (holdout > 0 || stream.deduplicateMillis() > 0) && fields.id() == null;
    }

    /** Returns the same specification with other passes over a bounded input. */
    public ModelSpec withEpochs(int epochs) {
        return new ModelSpec(
                name,
                fields,
                features,
                model,
                outputs,
                loss,
                training.withEpochs(epochs),
                holdout,
                seed,
                publish,
                window,
                watch,
                stream);
    }

    /** Returns the same specification that takes the stream in another way. */
    public ModelSpec withStream(StreamSpec changed) {
        return new ModelSpec(
                name, fields, features, model, outputs, loss, training, holdout, seed, publish, window, watch, changed);
    }

    private static void addTo(Set<String> names, @Nullable String name) {
        if (name != null) {
            names.add(name);
        }
    }

    /** Returns what the model sees of a sample. */
    public InputShape inputShape() {
        return new InputShape(features.numbers(), features.buckets(), features.hashedFields());
    }

    /** Returns the numbers of a label. */
    public int labelLength() {
        return loss.labelLength(outputs);
    }

    /** Returns the logits of a sample. */
    public int logitCount() {
        return loss.logitCount(outputs);
    }

    /** Returns the parameters that one key learns. */
    public int parameterCount() {
        return Math.toIntExact(model.parameterCount(inputShape(), outputs));
    }

    /** Returns the parameters layer by layer, as a table for people. */
    public String parameterTable() {
        return ParameterTable.of(model.layers(inputShape(), outputs));
    }

    /** Returns the whole effective specification as YAML, every default filled in; the same spec gives the same text. */
    public String toYaml() {
        return SpecWriter.write(this);
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
        return fingerprint(String.join("\n", stateParts().values()));
    }

    /** Returns all that gives state its meaning, by name; in this order they make the fingerprint. */
    Map<String, String> stateParts() {
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("fields", fields.write().toString());
        parts.put("features", SpecWriter.features(features).toString());
        parts.put("model", model.name() + model.shape());
        parts.put("outputs", Integer.toString(outputs));
        parts.put("loss", loss.name());
        parts.put("optimizer", optimizer().name());
        parts.put("slots", Integer.toString(optimizer().slots()));
        parts.put("seed", Long.toString(seed));
        return parts;
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
        return SpecReader.read(yaml);
    }
}

package io.freshet.learning.spec;

import io.freshet.learning.features.InputFields;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.model.InputShape;
import io.freshet.learning.model.Model;
import io.freshet.learning.model.ParameterTable;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.spec.feature.FeatureSpec;
import io.freshet.learning.spec.feature.FieldSpec;
import io.freshet.learning.spec.stream.JoinSpec;
import io.freshet.learning.spec.stream.OrderSpec;
import io.freshet.learning.spec.stream.PublishSpec;
import io.freshet.learning.spec.stream.ReportingSpec;
import io.freshet.learning.spec.stream.StreamSpec;
import io.freshet.learning.spec.stream.WatchSpec;
import io.freshet.learning.spec.stream.When;
import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.YamlDocument;
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
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The specification of a model: everything that a user configures. It holds hyperparameters only; learning never changes
 * it.
 *
 * @param name 1 to 100 letters, digits, {@code . _ -}
 * @param fields fields of a record other than features
 * @param architecture features, model type, and loss
 * @param training how samples update the parameters
 * @param reporting snapshots, evaluations, and events
 * @param stream order, deduplication, expiry, divergence policy, and start
 */
public record ModelSpec(
        String name,
        FieldSpec fields,
        Architecture architecture,
        TrainingSpec training,
        ReportingSpec reporting,
        StreamSpec stream)
        implements InputFields {

    /**
     * Parses a specification that a user wrote, or {@link #toYaml}. It may come from anyone.
     *
     * @throws SpecException if a field is unknown, missing, of the wrong type, or out of range, or if the text makes the parser
     *     fail in any other way
     */
    public static ModelSpec parse(String yaml) {
        return parse(yaml, UnaryOperator.identity());
    }

    /**
     * Parses a specification that a user wrote for a running model. It keeps its optimizer unless the text names one, since the
     * default may follow from what changes.
     *
     * @throws SpecException as {@link #parse} does
     */
    public static ModelSpec parseChange(String yaml, ModelSpec running) {
        return parse(yaml, running.training()::withOptimizer);
    }

    private static ModelSpec parse(String yaml, UnaryOperator<Map<?, ?>> form) {
        try {
            return SpecReader.read(yaml, form);
        } catch (SpecException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            throw SpecException.of("specification", e, "one that can be read");
        }
    }

    public FeatureSpec features() {
        return architecture.features();
    }

    public Model model() {
        return architecture.model();
    }

    /** Returns the number of classes or targets, K. */
    public int outputs() {
        return architecture.outputs();
    }

    public Loss loss() {
        return architecture.loss();
    }

    /** Returns whether predictions are limited to the range of the labels learned. */
    public boolean clamps() {
        return architecture.clamps();
    }

    public long seed() {
        return architecture.seed();
    }

    public Optimizer optimizer() {
        return training.optimizer();
    }

    /** Returns the share of samples that are predicted but not learned, in [0, 1). */
    public double holdout() {
        return training.holdout();
    }

    /** Returns the replicas that share the learning; null for one learner. */
    public @Nullable ReplicaSettings replicas() {
        return training.replicas();
    }

    /** Returns how partitions take turns. Those of a replica always do, one sample each. */
    public OrderSpec order() {
        return replicas() == null ? stream.order() : OrderSpec.ALTERNATING;
    }

    public PublishSpec publish() {
        return reporting.publish();
    }

    /** Returns how requests are joined with their outcomes; null if samples arrive with labels. */
    public @Nullable JoinSpec join() {
        return stream.join();
    }

    /** Returns whether the model can learn a label that changes after it was learned. */
    public boolean learnsChanges() {
        return join() != null && loss().isLinearInLabel();
    }

    /** Returns the number of samples per window of progressive validation. */
    public int window() {
        return reporting.window();
    }

    public WatchSpec watch() {
        return reporting.watch();
    }

    /** Returns the label for people: the label field, or the comma-separated list of label fields. */
    public String label() {
        return String.join(",", fields.label());
    }

    /** Returns the names of the classes, in the order of their numbers; empty if classes have only numbers. */
    public List<String> labels() {
        return fields.labels();
    }

    /** Returns the key field; null if there is one model for all samples. */
    public @Nullable String key() {
        return fields.key();
    }

    /**
     * Returns the number fields of a sample: numeric features, times, label unless it is a text, sequence length, weight,
     * sampling rate, and the field that selects records by numbers.
     */
    @Override
    public List<String> numberFields() {
        Set<String> names = learnedNumberFields();
        When when = stream.when();
        if (when != null && (!when.numbers().isEmpty() || isForPresenceOnly(when))) {
            names.add(when.field());
        }
        return new ArrayList<>(names);
    }

    /** Returns whether a field is read only to see whether a record has it, as a number or as a text. */
    private boolean isForPresenceOnly(When when) {
        return when.exists()
                && !learnedNumberFields().contains(when.field())
                && !learnedTextFields().contains(when.field())
                && vectorFields().stream().map(RowLayout::wireName).noneMatch(when.field()::equals);
    }

    private Set<String> learnedNumberFields() {
        Set<String> names = new LinkedHashSet<>(features().numeric());
        names.addAll(features().timeFields());
        if (!fields.labelIsVector() && labels().isEmpty()) {
            names.addAll(fields.label());
        }
        addTo(names, features().length());
        addTo(names, fields.weight());
        addTo(names, fields.samplingRate());
        return names;
    }

    /**
     * Returns the text fields of a sample: key, hashed features, id, a label that is a text, and the field that selects
     * records by texts.
     */
    @Override
    public List<String> textFields() {
        Set<String> names = learnedTextFields();
        When when = stream.when();
        if (when != null && (!when.texts().isEmpty() || isForPresenceOnly(when))) {
            names.add(when.field());
        }
        return new ArrayList<>(names);
    }

    private Set<String> learnedTextFields() {
        Set<String> names = new LinkedHashSet<>(inputTextFields());
        addTo(names, fields.id());
        if (!labels().isEmpty()) {
            names.addAll(fields.label());
        }
        return names;
    }

    /** Returns the number fields that a prediction needs: numeric features and sequence length. */
    public List<String> inputNumberFields() {
        Set<String> names = new LinkedHashSet<>(features().numeric());
        addTo(names, features().length());
        return new ArrayList<>(names);
    }

    /** Returns the text fields that a prediction needs: key and hashed features. */
    public List<String> inputTextFields() {
        Set<String> names = new LinkedHashSet<>();
        addTo(names, fields.key());
        names.addAll(features().textFields());
        return new ArrayList<>(names);
    }

    /** Returns the number and text fields that a prediction may lack: features that may be missing, but not the key. */
    public Set<String> optionalInputs() {
        Set<String> names = new LinkedHashSet<>(features().numeric());
        names.addAll(features().textFields());
        names.remove(fields.key());
        names.removeIf(name -> !features().missing().allows(name));
        return names;
    }

    /**
     * Returns the fields that a prediction does not need: label, weight, sampling rate, id, and the one that selects records,
     * unless they are features.
     */
    public Set<String> learningFields() {
        Set<String> names = new LinkedHashSet<>(fields.label());
        addTo(names, fields.weight());
        addTo(names, fields.samplingRate());
        addTo(names, fields.id());
        if (stream.when() != null) {
            names.add(stream.when().field());
        }
        inputNumberFields().forEach(names::remove);
        inputTextFields().forEach(names::remove);
        features().dense().forEach(vector -> names.remove(vector.field()));
        return names;
    }

    /** Returns the fields that are read as dates and times only, and the one that a record only needs to have. */
    @Override
    public Set<String> timeFields() {
        Set<String> names = new LinkedHashSet<>(features().timeFields());
        inputNumberFields().forEach(names::remove);
        fields.label().forEach(names::remove);
        names.remove(fields.weight());
        names.remove(fields.samplingRate());
        When when = stream.when();
        if (when != null && isForPresenceOnly(when)) {
            names.add(when.field());
        }
        return names;
    }

    /** Returns the text fields that are read as sparse vectors only. */
    @Override
    public Set<String> sparseFields() {
        Set<String> names = new LinkedHashSet<>(features().sparse());
        names.removeAll(features().plainTextFields());
        names.remove(fields.key());
        names.remove(fields.id());
        if (stream.when() != null && !stream.when().texts().isEmpty()) {
            names.remove(stream.when().field());
        }
        return names;
    }

    /** Returns the vector fields of a sample: dense features, and the label if it is a vector. */
    @Override
    public List<String> vectorFields() {
        Set<String> names = new LinkedHashSet<>();
        features().dense().forEach(vector -> names.add(vector.field()));
        if (fields.labelIsVector()) {
            names.addAll(fields.label());
        }
        return new ArrayList<>(names);
    }

    private static void addTo(Set<String> names, @Nullable String name) {
        if (name != null) {
            names.add(name);
        }
    }

    /** Returns whether hold-out or deduplication relies on the id of the record, which the producer must then set. */
    public boolean needsRecordId() {
        return (holdout() > 0 || stream.deduplicateMillis() > 0) && fields.id() == null;
    }

    /** @throws SpecException if the model cannot be learned in several epochs */
    public ModelSpec withEpochs(int epochs) {
        ModelSpec changed = new ModelSpec(name, fields, architecture, training.withEpochs(epochs), reporting, stream);
        SpecChecks.check(changed);
        return changed;
    }

    public ModelSpec withStream(StreamSpec changed) {
        return new ModelSpec(name, fields, architecture, training, reporting, changed);
    }

    public InputShape inputShape() {
        return architecture.inputShape();
    }

    /** Returns the length of a label. */
    public int labelLength() {
        return loss().labelLength(outputs());
    }

    /** Returns the number of logits per sample. */
    public int logitCount() {
        return loss().logitCount(outputs());
    }

    /** Returns the number of parameters per key. */
    public int parameterCount() {
        return Math.toIntExact(model().parameterCount(inputShape(), outputs()));
    }

    /** Returns the parameters by layer, as a table for people. */
    public String parameterTable() {
        return ParameterTable.of(model().layers(inputShape(), outputs()));
    }

    /**
     * Returns the effective specification as YAML, including all defaults, as records and states contain it.
     * Equal specifications give the same text.
     */
    public String toYaml() {
        return YamlDocument.write(SpecWriter.write(this));
    }

    /** Returns the first 16 hexadecimal digits of the SHA-256 of {@link #toYaml}. */
    public String hash() {
        return hash(toYaml());
    }

    /** Returns the {@link #hash()} of a specification that {@link #toYaml} returned. */
    public static String hash(String yaml) {
        return fingerprint(yaml);
    }

    /**
     * Returns a hash of everything that determines the meaning of a state: fields, shape, loss, type of optimizer, and
     * seed. A model keeps its state through a change of specification if and only if this hash stays the same.
     */
    public String stateHash() {
        return fingerprint(String.join("\n", stateParts().values()));
    }

    /**
     * Returns a hash of what decides what the outcomes and answers that a join keeps mean: fields with the names of classes, loss,
     * and outputs. Only a reset changes it.
     */
    public String outcomeHash() {
        Map<String, String> parts = stateParts();
        return fingerprint(String.join("\n", parts.get("fields"), parts.get("loss"), parts.get("outputs")));
    }

    /** Returns the parts of {@link #stateHash} by name, in hashing order. */
    Map<String, String> stateParts() {
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("fields", fields.write().toString());
        parts.put("features", SpecWriter.stateFeatures(features()).toString());
        parts.put("model", model().name() + model().shape());
        parts.put("outputs", Integer.toString(outputs()));
        parts.put("loss", loss().name());
        parts.put("optimizer", optimizer().name());
        parts.put("slots", Integer.toString(optimizer().slots()));
        parts.put("seed", Long.toString(seed()));
        if (replicas() != null) {
            parts.put("replicas", ReplicaSpec.state(replicas()).toString());
        }
        return parts;
    }

    private static String fingerprint(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime provides SHA-256", e);
        }
    }
}

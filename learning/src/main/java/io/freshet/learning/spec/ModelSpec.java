package io.freshet.learning.spec;

import static io.freshet.learning.yaml.Names.oneOf;
import static io.freshet.learning.yaml.Names.text;
import static io.freshet.learning.yaml.Numbers.whole;

import io.freshet.learning.features.InputFields;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.model.InputShape;
import io.freshet.learning.model.Model;
import io.freshet.learning.model.ParameterTable;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.spec.FieldUse.Kind;
import io.freshet.learning.yaml.Field;
import io.freshet.learning.yaml.FieldChange;
import io.freshet.learning.yaml.Mapping;
import io.freshet.learning.yaml.Section;
import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.Variants;
import io.freshet.learning.yaml.YamlDocument;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The specification of a model: everything that a user configures. It holds hyperparameters only; learning never changes
 * it.
 *
 * @param name 1 to 100 letters, digits, {@code . _ -}
 * @param fields fields of a record other than features
 * @param architecture features, model type, and loss
 * @param training how samples update the parameters
 * @param clamps whether predictions are limited to the range of the labels learned; changes no parameter
 * @param seed seed of the feature hashes and of all random numbers
 * @param reporting snapshots, evaluations, and events
 * @param stream order, deduplication, expiry, divergence policy, and start
 */
public record ModelSpec(
        String name,
        FieldSpec fields,
        Architecture architecture,
        TrainingSpec training,
        boolean clamps,
        long seed,
        ReportingSpec reporting,
        StreamSpec stream)
        implements InputFields {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    /** Limits predictions to the range of the labels. */
    static final String LABELS = "labels";
    /** More ranges of labels would make every snapshot of a small model large. */
    private static final int MOST_RANGES = 1000;

    /** All fields of a specification. */
    public static final Section<ModelSpec> FIELDS = Section.of(
                    ModelSpec.class,
                    Field.of("name", text())
                            .check((in, name) ->
                                    NAME.matcher(name).matches() ? null : "letters, digits, . _ -, at most 100"),
                    FieldSpec.FIELDS,
                    Architecture.FIELDS,
                    TrainingSpec.FIELDS,
                    Field.of("clamp", oneOf(Map.of(LABELS, true, "none", false)))
                            .or(ModelSpec::clampsByDefault, "by the model"),
                    Field.of("seed", whole(Long.MIN_VALUE, Long.MAX_VALUE), 42L),
                    ReportingSpec.FIELDS,
                    StreamSpec.FIELDS)
            .means("""
                name: The model's name: letters, digits, `.`, `_`, `-`, at most 100. Used in topics, metrics, and URLs
                clamp: Whether predictions stay [within the labels learned](learning.md#limits-of-predictions), for \
                `mean-squared-error` and `poisson`. The default is `labels` for these with `scale-free` and \
                `normalized-adagrad`, up to 1,000 outputs
                seed: Seed of hashes, initial parameters, dropout, and shuffling: the same seed gives the same bits
                """);

    /** Returns whether predictions are limited by default: with an optimizer that looks ahead, if the loss allows it. */
    private static boolean clampsByDefault(Mapping in) {
        return in.get("optimizer", RatedOptimizer.class).optimizer().looksAhead()
                && in.get("loss", Loss.class).predictsMean()
                && in.get("outputs", Integer.class) <= MOST_RANGES;
    }

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

    /** @param form converts the document to the form that users write */
    private static ModelSpec parse(String yaml, UnaryOperator<Map<?, ?>> form) {
        try {
            if (!(YamlDocument.load(yaml) instanceof Map<?, ?> document)) {
                throw new SpecException("specification: not a mapping (expected: name, label, features, loss, ...)");
            }
            ModelSpec spec = FIELDS.read(form.apply(document));
            Rules.check(spec);
            return spec;
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
        return FieldUse.names(FieldUse.of(this), FieldUse.NUMBERS);
    }

    /**
     * Returns the text fields of a sample: key, hashed features, id, a label that is a text, and the field that selects
     * records by texts.
     */
    @Override
    public List<String> textFields() {
        return FieldUse.names(FieldUse.of(this), FieldUse.TEXTS);
    }

    /** Returns the vector fields of a sample: dense features, and the label if it is a vector. */
    @Override
    public List<String> vectorFields() {
        return FieldUse.names(FieldUse.of(this), Set.of(Kind.VECTOR));
    }

    /** Returns the fields that are read as dates and times only, and the one that a record only needs to have. */
    @Override
    public Set<String> timeFields() {
        return only(Set.of(Kind.TIME), Set.of(Kind.NUMBER));
    }

    /** Returns the text fields that are read as sparse vectors only. */
    @Override
    public Set<String> sparseFields() {
        return only(Set.of(Kind.SPARSE), Set.of(Kind.TEXT, Kind.TIME));
    }

    private Set<String> only(Set<Kind> kinds, Set<Kind> others) {
        List<FieldUse> uses = FieldUse.of(this);
        Set<String> names = new LinkedHashSet<>(FieldUse.names(uses, kinds));
        FieldUse.names(uses, others).forEach(names::remove);
        return names;
    }

    /** Returns the number fields that a prediction needs: numeric features and sequence length. */
    public List<String> inputNumberFields() {
        return FieldUse.names(inputs(), Set.of(Kind.NUMBER));
    }

    /** Returns the text fields that a prediction needs: key and hashed features. */
    public List<String> inputTextFields() {
        return FieldUse.names(inputs(), FieldUse.TEXTS);
    }

    private List<FieldUse> inputs() {
        return FieldUse.of(this).stream()
                .filter(use -> use.role() == FieldUse.Role.INPUT)
                .toList();
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
        Set<String> names = new LinkedHashSet<>();
        FieldUse.of(this).forEach(use -> names.add(use.name()));
        if (stream.when() != null) {
            names.add(stream.when().field());
        }
        inputs().forEach(input -> names.remove(input.name()));
        return names;
    }

    /** Returns whether hold-out or deduplication relies on the id of the record, which the producer must then set. */
    public boolean needsRecordId() {
        return (holdout() > 0 || stream.deduplicateMillis() > 0) && fields.id() == null;
    }

    /** @throws SpecException if the model cannot be learned in several epochs */
    public ModelSpec withEpochs(int epochs) {
        ModelSpec changed =
                new ModelSpec(name, fields, architecture, training.withEpochs(epochs), clamps, seed, reporting, stream);
        Rules.check(changed);
        return changed;
    }

    public ModelSpec withStream(StreamSpec changed) {
        return new ModelSpec(name, fields, architecture, training, clamps, seed, reporting, changed);
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
        return YamlDocument.write(FIELDS.fields(this));
    }

    /**
     * Returns the fields that a change of this specification changes. Ignores {@code reset}, which permits a change but is not part
     * of the model.
     */
    public List<FieldChange> changes(ModelSpec after) {
        return FieldChange.between(fieldsWithoutReset(), after.fieldsWithoutReset())
                .toList();
    }

    private Map<String, Object> fieldsWithoutReset() {
        return FIELDS.fields(withStream(stream.withReset(false)));
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
        parts.put("fields", FieldSpec.FIELDS.fields(fields).toString());
        parts.put("features", FeatureSpec.FIELDS.state(features()).toString());
        parts.put("model", modelState());
        parts.put("outputs", Integer.toString(outputs()));
        parts.put("loss", loss().name());
        parts.put("optimizer", optimizer().name());
        parts.put("slots", Integer.toString(optimizer().slots()));
        parts.put("seed", Long.toString(seed()));
        if (replicas() != null) {
            parts.put("replicas", ReplicaSpec.FIELDS.state(replicas()).toString());
        }
        return parts;
    }

    private String modelState() {
        Map<String, Object> shape = ModelTable.ALL.state(model());
        return shape.remove(Variants.TYPE) + shape.toString();
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

package io.freshet.learning.spec;

import io.freshet.learning.features.RowLayout;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.model.Linear;
import io.freshet.learning.model.Model;
import io.freshet.learning.optimizer.Constant;
import io.freshet.learning.optimizer.CosineDecay;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.optimizer.Warmup;
import io.freshet.learning.spec.TrainingSpec.BatchSpec;
import io.freshet.learning.spec.TrainingSpec.Clip;
import io.freshet.learning.yaml.Durations;
import io.freshet.learning.yaml.SpecException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules over several fields of a specification: the condition to refuse, the field to blame, its value, and what is expected.
 * The tables of the sections check each field alone.
 */
public final class Rules {
    /** Maximum size of a pending batch, which is part of the state, in numbers. */
    private static final long MAXIMUM_BATCH_NUMBERS = 1L << 26;
    /** Limited by the size of a state, which also holds the slots. */
    private static final long MAXIMUM_PARAMETERS = 1L << 28;

    private static final long MAXIMUM_STATE = 1L << 30;
    /** Maximum number of logits per sequence, limited by the arrays of a batch. */
    private static final int MAXIMUM_LOGITS = 1 << 22;
    /**
     * Of a row of a table, in parameters: a block of them has whole rows, and is one record of the parameters topic, of up to 1 MiB
     * with the names of model and key. Pinned by {@code SnapshotLimitsTest}, like the next.
     */
    private static final int MAXIMUM_ROW = ((1 << 20) - (1 << 14)) / Float.BYTES;
    /**
     * Of what the specification determines in a snapshot, in bytes. A record holds up to 1 MiB, of which parameters use up to a
     * quarter; the rest is for the key and the lineage, which have limits of their own.
     */
    private static final int MAXIMUM_SPECIFICATION = 1 << 19;

    private Rules() {}

    /** @throws SpecException for the first rule that a specification breaks */
    static void check(ModelSpec spec) {
        fields(spec);
        LabelLeakage.check(spec);
        classes(spec);
        JoinRules.check(spec);
        vectors(spec);
        sequence(spec);
        sizes(spec);
        if (spec.replicas() != null) {
            ReplicaRules.check(spec, spec.replicas());
        }
        snapshot(spec);
        batch(spec);
        if (spec.optimizer().needsObjective()) {
            lineSearch(spec);
        }
        if (spec.clamps()) {
            clamp(spec);
        }
        if (spec.optimizer().looksAhead()) {
            Integer replicas =
                    spec.replicas() == null ? null : (Integer) spec.replicas().count();
            lookAhead(spec.training().update(), spec.model(), spec.loss(), replicas);
        }
        stream(spec);
        int row = spec.model().rowWidth(spec.inputShape(), spec.outputs());
        refuse(
                row > MAXIMUM_ROW,
                "outputs",
                spec.outputs(),
                "up to " + MAXIMUM_ROW + " parameters for each feature of model.type "
                        + spec.model().name() + ", not " + row);
    }

    static void refuse(boolean wrong, String path, Object value, String expected) {
        if (wrong) {
            throw SpecException.of(path, value, expected);
        }
    }

    private static void fields(ModelSpec spec) {
        FeatureSpec features = spec.features();
        boolean none = features.numbers() == 0 && features.hashedFields() == 0;
        refuse(none, "features", "none", "at least one of numeric, categorical, tokens, cross, sparse, dense, time");
        long numbers =
                features.dense().stream().mapToLong(FeatureSpec.Dense::length).sum();
        refuse(numbers > MAXIMUM_BATCH_NUMBERS, "features.dense", numbers + " numbers", "up to 2^26 together");
        double rate = spec.training().learningRate();
        double minimum = spec.training().schedule() instanceof CosineDecay cosine ? cosine.minimum() : 0;
        refuse(minimum > rate, "schedule.minimum", minimum, "at most optimizer.learningRate, " + rate);
    }

    private static void classes(ModelSpec spec) {
        List<String> labels = spec.labels();
        if (labels.isEmpty()) {
            return;
        }
        int names = labels.size();
        int classes = spec.loss().classes(spec.outputs());
        String loss = spec.loss().name() + (spec.outputs() > 1 ? " with " + spec.outputs() + " outputs" : "");
        refuse(classes == 0, "labels", labels, "none, since a label of " + loss + " is not the name of a class");
        String remedy = names < classes ? "" : remedy(spec.loss().task().isBinary(), names);
        String expected = classes + ", one for each class of " + loss + remedy;
        refuse(names != classes, "labels", names + " names", expected);
    }

    /**
     * Returns what to set for more classes than there are.
     *
     * @param binary whether the loss knows only two
     */
    public static String remedy(boolean binary, int names) {
        return "; for " + names + ", set " + (binary ? "loss: sparse-categorical-cross-entropy and " : "") + "outputs: "
                + names;
    }

    /** The vector {@code y*} is on the wire as {@code y}. */
    private static void vectors(ModelSpec spec) {
        Set<String> numbers = new HashSet<>(spec.inputNumberFields());
        Set<String> inputs = new HashSet<>(numbers);
        spec.features().dense().forEach(vector -> inputs.add(vector.field()));
        for (FeatureSpec.Dense vector : spec.features().dense()) {
            String field = vector.field();
            String name = RowLayout.wireName(field);
            refuse(numbers.contains(name), "features.dense", field, "another name than that of a number field");
            boolean taken = !name.equals(field) && inputs.contains(name);
            refuse(taken, "features.dense", field, "another name than " + name);
        }
    }

    private static void sequence(ModelSpec spec) {
        FeatureSpec features = spec.features();
        int numeric = features.numeric().size();
        String incompatibility = spec.model()
                .incompatibility(spec.inputShape(), numeric, spec.loss().task());
        if (incompatibility != null) {
            throw new SpecException(incompatibility);
        }
        if (spec.model().steps() == 0) {
            String length = features.length();
            refuse(length != null, "features.length", String.valueOf(length), "none, but for model.type sequence");
            return;
        }
        refuseBySample("categorical", features.categorical());
        refuseBySample("cross", features.cross());
        refuseBySample("sparse", features.sparse());
        refuseBySample("time", features.timeFields());
        MissingSpec missing = features.missing();
        String expected = "reject; a sequence has every step's features";
        refuse(!missing.equals(MissingSpec.REJECT), "features.missing", MissingSpec.FIELDS.write(missing), expected);
        boolean tooMany = (long) spec.model().steps() * spec.outputs() > MAXIMUM_LOGITS;
        refuse(tooMany, "outputs", spec.outputs(), "outputs * model.steps up to 2^22");
    }

    private static void refuseBySample(String kind, List<?> fields) {
        String expected = "none; a sequence has dense vectors and tokens, step by step";
        refuse(!fields.isEmpty(), "features." + kind, fields, expected);
    }

    /** Comes before whatever computes with the count of parameters as an {@code int}. */
    private static void sizes(ModelSpec spec) {
        long parameters = spec.model().parameterCount(spec.inputShape(), spec.outputs());
        refuse(parameters > MAXIMUM_PARAMETERS, "model", parameters + " parameters", "up to 2^28");
        int slots = spec.optimizer().slots();
        long state = parameters * (1L + slots);
        String value = spec.optimizer().name() + " with " + slots + " slots per parameter";
        refuse(state > MAXIMUM_STATE, "optimizer", value, "a state of up to 2^30 numbers, not " + state);
    }

    private static void snapshot(ModelSpec spec) {
        long moments = Double.BYTES * spec.features().momentCount();
        long text = spec.toYaml().getBytes(StandardCharsets.UTF_8).length;
        refuse(
                moments + text > MAXIMUM_SPECIFICATION,
                moments > text ? "features" : "specification",
                spec.features().standardizedNumbers() + " standardized numbers, " + text + " bytes of text",
                "16 * numbers + text up to " + MAXIMUM_SPECIFICATION + ", as both are in every snapshot");
        long ranges = spec.clamps() ? 2L * Double.BYTES * spec.outputs() : 0;
        refuse(
                moments + text + ranges > MAXIMUM_SPECIFICATION,
                "clamp",
                ModelSpec.LABELS,
                "none with " + spec.outputs() + " outputs, whose ranges of labels would be in every snapshot");
    }

    /** A full batch is learned at the end of the input, so it has no time limit, and no sample is predicted after it. */
    private static void batch(ModelSpec spec) {
        BatchSpec batch = spec.training().batch();
        if (batch.isFull()) {
            long delay = batch.maximumDelayMillis();
            refuse(delay > 0, "batch.maxDelayMillis", delay, "0, since batch.size full ends with the input");
            String expected = "0, since batch.size full learns after all held-out samples";
            refuse(spec.holdout() > 0, "holdout", spec.holdout(), expected);
            return;
        }
        long steps = Math.max(1, spec.model().steps());
        long numbers = spec.loss().logitCount(spec.outputs()) + spec.features().numbers() * steps;
        boolean tooLarge = batch.size() * numbers > MAXIMUM_BATCH_NUMBERS;
        refuse(tooLarge, "batch.size", batch.size(), "size * (outputs + numbers) up to 2^26");
    }

    /** A line search requires a smooth loss without randomness. */
    private static void lineSearch(ModelSpec spec) {
        TrainingSpec training = spec.training();
        String since = ", since optimizer " + spec.optimizer().name() + " needs ";
        BatchSpec batch = training.batch();
        refuse(!batch.isFull(), "batch.size", batch.size(), "full" + since + "the whole gradient");
        double l1 = training.regularization().l1();
        refuse(l1 > 0, "regularization.l1", l1, "0" + since + "a smooth loss");
        double limit = Math.min(training.clip().value(), training.clip().norm());
        refuse(!training.clip().equals(Clip.NONE), "clip", limit, "none" + since + "the whole gradient");
        double dropout = spec.model().dropout();
        refuse(dropout > 0, "model.dropout", dropout, "0" + since + "the same loss each time");
    }

    /** The range of labels limits estimates of them. Replicas do not merge it, and a line search compares unlimited losses. */
    private static void clamp(ModelSpec spec) {
        String since = "none, since ";
        String loss = since + "loss " + spec.loss().name() + " predicts no mean of labels";
        refuse(!spec.loss().predictsMean(), "clamp", ModelSpec.LABELS, loss);
        String replicas = since + "replicas do not merge ranges of labels";
        refuse(spec.replicas() != null, "clamp", ModelSpec.LABELS, replicas);
        String optimizer = since + "optimizer " + spec.optimizer().name() + " minimizes the loss that it reports";
        refuse(spec.optimizer().needsObjective(), "clamp", ModelSpec.LABELS, optimizer);
    }

    /**
     * An optimizer that looks ahead needs a sum of features, ends at the minimum by itself, would undo a penalty, and its steps are
     * not merged.
     *
     * @param replicas their number; null for one learner
     */
    static void lookAhead(TrainingSpec.Update update, Model model, Loss loss, @Nullable Integer replicas) {
        Optimizer optimizer = update.optimizer().optimizer();
        String since = ", since optimizer " + optimizer.name() + " ";
        refuse(!model.equals(new Linear()), "model.type", model.name(), "linear" + since + "needs a sum of features");
        String other = optimizer.lossExpectation(loss);
        refuse(other != null, "loss", loss.name(), String.valueOf(other));
        String slows = since + "slows down by itself";
        if (update.schedule() instanceof Warmup warmup && warmup.schedule().equals(new Constant())) {
            throw SpecException.of("schedule.warmup", warmup.updates(), "0" + slows);
        }
        boolean changes = !update.schedule().equals(new Constant());
        refuse(changes, "schedule", update.schedule().name(), "constant" + slows);
        String ignores = "0" + since + "ignores the scales that a penalty depends on";
        double l1 = update.regularization().l1();
        refuse(l1 > 0, "regularization.l1", l1, ignores);
        double l2 = update.regularization().l2();
        refuse(l2 > 0, "regularization.l2", l2, ignores);
        String steps = "none" + since + "never steps past a minimum";
        double norm = update.clip().norm();
        refuse(Double.isFinite(norm), "clip.norm", norm, steps);
        double value = update.clip().value();
        refuse(Double.isFinite(value), "clip.value", value, steps);
        String merged = "none" + since + "has steps that cannot be merged";
        refuse(replicas != null, "replicas", String.valueOf(replicas), merged);
    }

    private static void stream(ModelSpec spec) {
        boolean ordered = spec.stream().order().strict() && spec.key() != null;
        refuse(ordered, "order", "strict", "arrival, since each key's samples come from one partition");
        long live = spec.stream().timeToLiveMillis();
        if (live > 0) {
            Object given = Durations.write(live);
            refuse(spec.key() == null, "timeToLive", given, "0 without a key");
            long remembered = spec.stream().deduplicateMillis();
            String least = "0, or at least deduplicate, " + Durations.write(remembered);
            refuse(live < remembered, "timeToLive", given, least + ", since ids are forgotten with the model");
            long kept = spec.join() == null ? 0 : spec.join().keptMillis();
            least = "0, or at least join.within plus join.grace, " + Durations.write(kept);
            refuse(live < kept, "timeToLive", given, least + ", since samples may be as old when they are joined");
        }
        boolean stops = spec.training().earlyStopping().patience() > 0 && spec.holdout() == 0;
        refuse(stops, "holdout", 0.0, "above 0, since earlyStopping needs a hold-out loss");
    }
}

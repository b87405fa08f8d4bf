package io.freshet.learning.spec;

import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.feature.FeatureSpec;
import io.freshet.learning.spec.stream.JoinSpec;
import io.freshet.learning.yaml.Durations;
import io.freshet.learning.yaml.SpecException;
import java.util.HashSet;
import java.util.Set;

/** Checks fields of a specification that depend on each other. {@link SpecReader} has checked each field alone. */
final class SpecChecks {
    /** Maximum size of a pending batch, which is part of the state, in numbers. */
    static final long MAXIMUM_BATCH_NUMBERS = 1L << 26;
    /** Limited by the size of a state, which also holds the slots. */
    private static final long MAXIMUM_PARAMETERS = 1L << 28;

    private static final long MAXIMUM_STATE = 1L << 30;

    private SpecChecks() {}

    /** @throws SpecException for the first inconsistent field */
    static void check(ModelSpec spec) {
        Set<String> numbers = new HashSet<>(spec.inputNumberFields());
        Set<String> inputs = new HashSet<>(spec.features().numeric());
        spec.features().dense().forEach(vector -> inputs.add(vector.field()));
        if (spec.features().length() != null) {
            inputs.add(spec.features().length());
        }
        LabelLeakageCheck.check(spec);
        ClassNamesCheck.check(spec);
        JoinCheck.check(spec);
        for (FeatureSpec.Dense vector : spec.features().dense()) {
            String wireName = RowLayout.wireName(vector.field());
            if (numbers.contains(wireName)) {
                throw SpecException.of("features.dense", vector.field(), "another name than that of a number field");
            }
            if (!wireName.equals(vector.field()) && inputs.contains(wireName)) {
                throw SpecException.of("features.dense", vector.field(), "another name than " + wireName);
            }
        }
        TrainingSpec training = spec.training();
        String incompatibility = spec.model()
                .incompatibility(
                        spec.inputShape(),
                        spec.features().numeric().size(),
                        spec.loss().task());
        if (incompatibility != null) {
            throw new SpecException(incompatibility);
        }
        SequenceCheck.check(spec);
        checkSize(spec);
        ReplicaSpec.check(spec);
        SpecSizeCheck.check(spec);
        long perSample = (long) spec.loss().logitCount(spec.outputs())
                + (long) spec.features().numbers() * Math.max(1, spec.model().steps());
        if (!training.batch().isFull() && training.batch().size() * perSample > MAXIMUM_BATCH_NUMBERS) {
            throw SpecException.of("batch.size", training.batch().size(), "size * (outputs + numbers) up to 2^26");
        }
        if (training.batch().isFull()) {
            checkFull(spec);
        }
        if (training.optimizer().needsObjective()) {
            checkObjective(spec);
        }
        if (spec.clamps()) {
            checkClamp(spec);
        }
        if (training.optimizer().looksAhead()) {
            SpecException objection =
                    LookAheadCheck.objection(training.optimizer(), spec.model(), spec.loss(), training);
            if (objection != null) {
                throw objection;
            }
        }
        if (spec.stream().order().strict() && spec.key() != null) {
            throw SpecException.of("order", "strict", "arrival, since each key's samples come from one partition");
        }
        if (spec.stream().timeToLiveMillis() > 0 && spec.key() == null) {
            throw SpecException.of("timeToLive", Durations.write(spec.stream().timeToLiveMillis()), "0 without a key");
        }
        long remembered = spec.stream().deduplicateMillis();
        if (spec.stream().timeToLiveMillis() > 0 && spec.stream().timeToLiveMillis() < remembered) {
            throw SpecException.of(
                    "timeToLive",
                    Durations.write(spec.stream().timeToLiveMillis()),
                    "0, or at least deduplicate, " + Durations.write(remembered)
                            + ", since ids are forgotten with the model");
        }
        JoinSpec join = spec.join();
        long kept = join == null ? 0 : join.keptMillis();
        if (spec.stream().timeToLiveMillis() > 0 && spec.stream().timeToLiveMillis() < kept) {
            throw SpecException.of(
                    "timeToLive",
                    Durations.write(spec.stream().timeToLiveMillis()),
                    "0, or at least join.within plus join.grace, " + Durations.write(kept)
                            + ", since samples may be as old when they are joined");
        }
        if (training.earlyStopping().patience() > 0 && spec.holdout() == 0) {
            throw SpecException.of("holdout", 0.0, "above 0, since earlyStopping needs a hold-out loss");
        }
        RowWidthCheck.check(spec);
    }

    /** Comes before whatever computes with the count of parameters as an {@code int}. */
    private static void checkSize(ModelSpec spec) {
        long parameters = spec.model().parameterCount(spec.inputShape(), spec.outputs());
        if (parameters > MAXIMUM_PARAMETERS) {
            throw new SpecException("model: " + parameters + " parameters (expected: up to 2^28)");
        }
        long state = parameters * (1L + spec.optimizer().slots());
        if (state > MAXIMUM_STATE) {
            throw SpecException.of(
                    "optimizer",
                    spec.optimizer().name() + " with " + spec.optimizer().slots() + " slots per parameter",
                    "a state of up to 2^30 numbers, not " + state);
        }
    }

    /** A full batch is learned at the end of the input, so it has no time limit, and no sample is predicted after it. */
    private static void checkFull(ModelSpec spec) {
        long delay = spec.training().batch().maximumDelayMillis();
        if (delay > 0) {
            throw SpecException.of("batch.maxDelayMillis", delay, "0, since batch.size full ends with the input");
        }
        if (spec.holdout() > 0) {
            throw SpecException.of(
                    "holdout", spec.holdout(), "0, since batch.size full learns after all held-out samples");
        }
    }

    /** The range of labels limits estimates of them. Replicas do not merge it, and a line search compares unlimited losses. */
    private static void checkClamp(ModelSpec spec) {
        String since = null;
        if (!spec.loss().predictsMean()) {
            since = "loss " + spec.loss().name() + " predicts no mean of labels";
        } else if (spec.replicas() != null) {
            since = "replicas do not merge ranges of labels";
        } else if (spec.optimizer().needsObjective()) {
            since = "optimizer " + spec.optimizer().name() + " minimizes the loss that it reports";
        }
        if (since != null) {
            throw SpecException.of("clamp", SpecReader.LABELS, "none, since " + since);
        }
    }

    /** A line search requires a smooth loss without randomness. */
    private static void checkObjective(ModelSpec spec) {
        TrainingSpec training = spec.training();
        String since = ", since optimizer " + training.optimizer().name() + " needs ";
        if (!training.batch().isFull()) {
            throw SpecException.of("batch.size", training.batch().size(), "full" + since + "the whole gradient");
        }
        if (training.regularization().l1() > 0) {
            throw SpecException.of(
                    "regularization.l1", training.regularization().l1(), "0" + since + "a smooth loss");
        }
        if (!training.clip().equals(TrainingSpec.Clip.NONE)) {
            double limit = Math.min(training.clip().value(), training.clip().norm());
            throw SpecException.of("clip", limit, "none" + since + "the whole gradient");
        }
        if (spec.model().hyperparameters().get("dropout") instanceof Number rate && rate.doubleValue() > 0) {
            throw SpecException.of("model.dropout", rate, "0" + since + "the same loss each time");
        }
    }
}

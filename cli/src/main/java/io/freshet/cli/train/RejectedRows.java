package io.freshet.cli.train;

import io.freshet.cli.feed.RejectReason;
import io.freshet.cli.feed.RejectReasons;
import io.freshet.cli.feed.RejectedLabels;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The rejected rows of a file, by reason: invalid rows, which no model receives, and rows that one model rejected, in any
 * epoch. Not thread-safe.
 */
public final class RejectedRows {
    /** A message may have the value that was rejected. */
    private static final int MAXIMUM_REASONS = 1000;

    private static final String OTHER = "other reasons";

    private final RejectReasons invalid = new RejectReasons();
    private final RejectedLabels labels;
    private final Map<ModelReason, BitSet> byModel = new LinkedHashMap<>();

    /** @param labels fields that are labels */
    RejectedRows(Collection<String> labels) {
        this.labels = new RejectedLabels(labels);
    }

    /** @param isReceived whether the learner of the model received the row, which has a valid key then */
    private record ModelReason(String model, boolean isReceived, String reason) {}

    /** Adds a row that no model learns. */
    void addInvalid(long row, String reason) {
        invalid.add(row, reason);
        labels.add(reason);
    }

    RejectedLabels labels() {
        return labels;
    }

    /** Adds a row without a valid key. */
    void addWithoutKey(String model, long row, String reason) {
        add(new ModelReason(model, false, reason), row);
    }

    /** Adds a row that the learner of a model rejected. */
    void addReceived(String model, long row, String reason) {
        add(new ModelReason(model, true, reason), row);
    }

    private void add(ModelReason reason, long row) {
        boolean isKept = byModel.containsKey(reason) || byModel.size() < MAXIMUM_REASONS;
        ModelReason kept = isKept ? reason : new ModelReason(reason.model, reason.isReceived, OTHER);
        byModel.computeIfAbsent(kept, first -> new BitSet()).set(Math.toIntExact(row));
    }

    public long invalidRows() {
        return invalid.rows();
    }

    /** Returns the number of rows that a model rejected. */
    public long rowsRejectedBy(String model) {
        BitSet rows = new BitSet();
        byModel.forEach((reason, set) -> {
            if (reason.model().equals(model)) {
                rows.or(set);
            }
        });
        return rows.cardinality();
    }

    /** Returns the number of rows that have no valid key for a model. */
    long rowsWithoutKey(String model) {
        return byModel.entrySet().stream()
                .filter(each -> each.getKey().model().equals(model))
                .filter(each -> !each.getKey().isReceived())
                .mapToLong(each -> each.getValue().cardinality())
                .sum();
    }

    /** Returns the reasons for invalid rows, the most frequent first. */
    public List<RejectReason> invalid() {
        return invalid.all();
    }

    /** Returns the reasons for which a model rejected rows, the most frequent first. */
    public List<RejectReason> by(String model) {
        List<RejectReason> reasons = new ArrayList<>();
        byModel.forEach((reason, rows) -> {
            if (reason.model().equals(model)) {
                reasons.add(new RejectReason(reason.reason(), rows.cardinality(), rows.nextSetBit(0)));
            }
        });
        reasons.sort(RejectReason.MOST_FREQUENT_FIRST);
        return reasons;
    }

    boolean anyByModel() {
        return !byModel.isEmpty();
    }

    /** Passes the models and reasons for which a row was rejected. */
    void ofRow(long row, BiConsumer<String, String> action) {
        byModel.forEach((reason, rows) -> {
            if (rows.get((int) row)) {
                action.accept(reason.model(), reason.reason());
            }
        });
    }
}

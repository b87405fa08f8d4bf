package io.freshet.cli.train;

import io.freshet.cli.feed.SentRows;
import io.freshet.cli.kafka.HeaderText;
import io.freshet.cli.rejects.RejectReason;
import io.freshet.cli.rejects.RejectReasons;
import io.freshet.cli.rejects.RejectedLabels;
import io.freshet.schemas.topic.DeadLetterHeaders;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The rejected rows of a file, by reason: invalid rows, which no model receives, and rows that the job rejected for one
 * model, in any epoch. Not thread-safe.
 */
public final class RejectedRows {
    private final RejectReasons invalid = new RejectReasons();
    private final RejectedLabels labels;
    private final Map<JobReason, BitSet> rejectedByJob = new LinkedHashMap<>();

    private final int partitions;

    /**
     * @param partitions of the samples topic, among which samples are dealt
     * @param labels fields that are labels
     */
    RejectedRows(int partitions, Collection<String> labels) {
        this.partitions = partitions;
        this.labels = new RejectedLabels(labels);
    }

    private record JobReason(String model, String stage, String reason) {}

    /** Adds a row that was not sent. */
    void addInvalid(long row, String reason) {
        invalid.add(row, reason);
        labels.add(reason);
    }

    RejectedLabels labels() {
        return labels;
    }

    /** Adds a dead letter of the job. */
    void add(ConsumerRecord<byte[], byte[]> deadLetter, SentRows rows) {
        long offset = Long.parseLong(HeaderText.of(deadLetter.headers(), DeadLetterHeaders.OFFSET));
        long row = rows.row(
                offset * partitions + Long.parseLong(HeaderText.of(deadLetter.headers(), DeadLetterHeaders.PARTITION)));
        JobReason reason = new JobReason(
                HeaderText.of(deadLetter.headers(), DeadLetterHeaders.MODEL),
                HeaderText.of(deadLetter.headers(), DeadLetterHeaders.STAGE),
                HeaderText.of(deadLetter.headers(), DeadLetterHeaders.MESSAGE));
        rejectedByJob.computeIfAbsent(reason, first -> new BitSet()).set(Math.toIntExact(row));
    }

    public long invalidRows() {
        return invalid.rows();
    }

    /** Returns the number of rows that the job rejected for a model. */
    public long rowsRejectedByJob(String model) {
        BitSet rows = new BitSet();
        rejectedByJob.forEach((reason, set) -> {
            if (reason.model().equals(model)) {
                rows.or(set);
            }
        });
        return rows.cardinality();
    }

    /** Returns the number of rows that the job did not pass to the learner of a model. */
    long rowsNotEncoded(String model) {
        return rejectedByJob.entrySet().stream()
                .filter(each -> each.getKey().model().equals(model))
                .filter(each -> !each.getKey().stage().equals("learn"))
                .mapToLong(each -> each.getValue().cardinality())
                .sum();
    }

    /** Returns the reasons for invalid rows, the most frequent first. */
    public List<RejectReason> invalid() {
        return invalid.all();
    }

    /** Returns the reasons for which the job rejected rows for a model, the most frequent first. */
    public List<RejectReason> byJob(String model) {
        List<RejectReason> reasons = new ArrayList<>();
        rejectedByJob.forEach((reason, rows) -> {
            if (reason.model().equals(model)) {
                reasons.add(new RejectReason(reason.reason(), rows.cardinality(), rows.nextSetBit(0)));
            }
        });
        reasons.sort(RejectReason.MOST_FREQUENT_FIRST);
        return reasons;
    }

    boolean anyByJob() {
        return !rejectedByJob.isEmpty();
    }

    /** Passes the models and reasons for which the job rejected a row. */
    void ofRow(long row, BiConsumer<String, String> action) {
        rejectedByJob.forEach((reason, rows) -> {
            if (rows.get((int) row)) {
                action.accept(reason.model(), reason.reason());
            }
        });
    }
}

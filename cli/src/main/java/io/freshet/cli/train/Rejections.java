package io.freshet.cli.train;

import io.freshet.cli.feed.SentRows;
import io.freshet.schemas.deadletter.DeadLetterHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * The rejected rows of a file, by reason: invalid rows, which no model receives, and rows that the job rejected for one
 * model, in any epoch. Not thread-safe.
 */
final class Rejections {
    /** Field names are bounded, but a parser's messages are not. */
    private static final int MAXIMUM_REASONS = 1000;

    private static final String OTHER = "other reasons";

    private final Map<String, Reason> invalid = new LinkedHashMap<>();
    private final Map<JobReason, BitSet> rejectedByJob = new LinkedHashMap<>();
    private long invalidRows;

    /**
     * The rows rejected for one reason. The JSON has these names in this order.
     *
     * @param reason of the first row, with its value and what was expected
     * @param rows number of rows
     * @param firstRow number of the first row; 1 is the first row of the file
     */
    record Reason(String reason, long rows, long firstRow) {
        private Reason plusOne() {
            return new Reason(reason, rows + 1, firstRow);
        }

        /** Returns {@code 12 rows, first row 3: price: two (expected: a number)}. */
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT, "%,d %s, first row %,d: %s", rows, rows == 1 ? "row" : "rows", firstRow, reason);
        }
    }

    private record JobReason(String model, String stage, String reason) {}

    /** Adds a row that was not sent. */
    void addInvalid(long row, String reason) {
        invalidRows++;
        String group = group(reason);
        String key = invalid.containsKey(group) || invalid.size() < MAXIMUM_REASONS ? group : OTHER;
        invalid.merge(key, new Reason(reason, 1, row), (known, one) -> known.plusOne());
    }

    /** Adds a dead letter of the job. */
    void add(ConsumerRecord<byte[], byte[]> deadLetter, SentRows rows) {
        long row = rows.row(Long.parseLong(header(deadLetter, DeadLetterHeaders.OFFSET)));
        JobReason reason = new JobReason(
                header(deadLetter, DeadLetterHeaders.MODEL),
                header(deadLetter, DeadLetterHeaders.STAGE),
                header(deadLetter, DeadLetterHeaders.MESSAGE));
        rejectedByJob.computeIfAbsent(reason, first -> new BitSet()).set(Math.toIntExact(row));
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** Returns the field and what was expected of it, without the value and the index in a vector. */
    private static String group(String reason) {
        int colon = reason.indexOf(": ");
        int expected = reason.lastIndexOf(" (expected: ");
        String field = colon < 0 ? reason : reason.substring(0, colon);
        return field.replaceFirst("\\[\\d+]$", "") + (expected < colon ? "" : reason.substring(expected));
    }

    long invalidRows() {
        return invalidRows;
    }

    /** Returns the number of rows that the job rejected for a model. */
    long rowsRejectedByJob(String model) {
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
    List<Reason> invalid() {
        return sorted(new ArrayList<>(invalid.values()));
    }

    /** Returns the reasons for which the job rejected rows for a model, the most frequent first. */
    List<Reason> byJob(String model) {
        List<Reason> reasons = new ArrayList<>();
        rejectedByJob.forEach((reason, rows) -> {
            if (reason.model().equals(model)) {
                reasons.add(new Reason(reason.reason(), rows.cardinality(), rows.nextSetBit(0)));
            }
        });
        return sorted(reasons);
    }

    private static List<Reason> sorted(List<Reason> reasons) {
        reasons.sort((a, b) -> Long.compare(b.rows(), a.rows()));
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

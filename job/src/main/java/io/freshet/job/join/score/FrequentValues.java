package io.freshet.job.join.score;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts the values of a stream in bounded memory (Space-Saving, Metwally et al. 2005): of {@value #MOST} values, each with the count
 * that it surely has.
 *
 * <pre>
 *   a value that is counted:  count + 1
 *   another, if all are used: it replaces one with the least count c:   count = c + 1, error = c
 *   least possible count    = count - error
 * </pre>
 *
 * Of several with the least count, the first in the order of texts is replaced. Not thread-safe.
 */
final class FrequentValues {
    static final int MOST = 128;

    private final Map<String, Count> counts = new TreeMap<>();

    private record Count(long count, long error) {
        long least() {
            return count - error;
        }
    }

    /** Counts a value; returns how often it has occurred at least. */
    long add(String value) {
        Count known = counts.get(value);
        if (known == null) {
            known = counts.size() < MOST ? new Count(0, 0) : replaced();
        }
        Count next = new Count(known.count + 1, known.error);
        counts.put(value, next);
        return next.least();
    }

    private Count replaced() {
        String rarest = "";
        long least = Long.MAX_VALUE;
        for (Map.Entry<String, Count> entry : counts.entrySet()) {
            if (entry.getValue().count < least) {
                rarest = entry.getKey();
                least = entry.getValue().count;
            }
        }
        counts.remove(rarest);
        return new Count(least, least);
    }

    /** Counts one value instead of another, which is counted. */
    void replace(String counted, String value, long count) {
        counts.remove(counted);
        counts.put(value, new Count(count, 0));
    }

    void write(DataOutput out) throws IOException {
        out.writeInt(counts.size());
        for (Map.Entry<String, Count> entry : counts.entrySet()) {
            out.writeUTF(entry.getKey());
            out.writeLong(entry.getValue().count);
            out.writeLong(entry.getValue().error);
        }
    }

    static FrequentValues read(DataInput in) throws IOException {
        FrequentValues values = new FrequentValues();
        for (int left = in.readInt(); left > 0; left--) {
            values.counts.put(in.readUTF(), new Count(in.readLong(), in.readLong()));
        }
        return values;
    }
}

package io.freshet.schemas.snapshot;

import io.freshet.learning.features.Interleaving;
import io.freshet.learning.features.Round;
import io.freshet.schemas.avro.AvroCursor;
import io.freshet.schemas.avro.MalformedRecordException;
import java.util.TreeMap;

/** Reads the order of partitions of snapshot records. An unrecorded order is empty. */
final class WireOrder {
    /** Limit of samples in a turn, far above any real one; sums of it do not overflow a long. */
    private static final long MAXIMUM_SAMPLES = 1L << 40;

    private WireOrder() {}

    /**
     * @param position number of samples received
     * @throws MalformedRecordException if the rounds are not the order of {@code position} samples
     */
    static Interleaving read(AvroCursor in, long position) throws MalformedRecordException {
        TreeMap<Long, Round> rounds = new TreeMap<>();
        for (int count = in.readBlock(); count != 0; count = in.readBlock()) {
            for (int i = 0; i < count; i++) {
                long begin = in.readLong();
                checkBegin(begin, rounds.isEmpty() ? 0 : rounds.lastKey() + 1, position);
                rounds.put(begin, round(in.readInts(), in.readLongs()));
            }
        }
        return new Interleaving(rounds, rounds.isEmpty() ? 0 : position);
    }

    private static void checkBegin(long begin, long minimum, long position) throws MalformedRecordException {
        boolean inOrder = minimum == 0 ? begin == 0 : begin >= minimum;
        if (!inOrder || begin >= position) {
            throw new MalformedRecordException("order: a round at sample " + begin + " (expected: "
                    + (minimum == 0 ? "0" : "at least " + minimum) + ", before " + position + ")");
        }
    }

    private static Round round(int[] partitions, long[] samples) throws MalformedRecordException {
        if (partitions.length == 0 || samples.length != partitions.length) {
            throw new MalformedRecordException("order: " + partitions.length + " partitions, " + samples.length
                    + " sample counts (expected: one for each partition, at least 1)");
        }
        for (long count : samples) {
            if (count < 1 || count > MAXIMUM_SAMPLES) {
                throw new MalformedRecordException(
                        "order: a turn of " + count + " samples (expected: 1 to " + MAXIMUM_SAMPLES + ")");
            }
        }
        return new Round(partitions, samples);
    }
}

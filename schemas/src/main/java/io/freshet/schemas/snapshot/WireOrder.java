package io.freshet.schemas.snapshot;

import io.freshet.learning.lineage.Interleaving;
import io.freshet.learning.lineage.Round;
import io.freshet.schemas.avro.MalformedRecordException;
import java.util.List;
import java.util.TreeMap;

/** Reads the order of partitions of snapshot records. An unrecorded order is empty. */
final class WireOrder {
    /** Limit of samples in a turn, far above any real one; sums of it do not overflow a long. */
    private static final long MAXIMUM_SAMPLES = 1L << 40;

    private WireOrder() {}

    /** @param position number of samples received */
    static Interleaving read(List<io.freshet.wire.Round> rounds, long position) {
        TreeMap<Long, Round> read = new TreeMap<>();
        for (io.freshet.wire.Round round : rounds) {
            int[] partitions = round.getPartitions().stream().mapToInt(i -> i).toArray();
            long[] samples = round.getSamples().stream().mapToLong(i -> i).toArray();
            read.put(round.getPosition(), new Round(partitions, samples));
        }
        return new Interleaving(read, rounds.isEmpty() ? 0 : position);
    }

    /** @throws MalformedRecordException if the rounds are not the order of {@code position} samples */
    static void check(List<io.freshet.wire.Round> rounds, long position) throws MalformedRecordException {
        long minimum = 0;
        for (io.freshet.wire.Round round : rounds) {
            long begin = round.getPosition();
            boolean inOrder = minimum == 0 ? begin == 0 : begin >= minimum;
            if (!inOrder || begin >= position) {
                throw new MalformedRecordException("order: a round at sample " + begin + " (expected: "
                        + (minimum == 0 ? "0" : "at least " + minimum) + ", before " + position + ")");
            }
            int turns = round.getPartitions().size();
            if (turns == 0 || round.getSamples().size() != turns) {
                throw new MalformedRecordException("order: " + turns + " partitions, "
                        + round.getSamples().size() + " sample counts (expected: one for each partition, at least 1)");
            }
            for (long samples : round.getSamples()) {
                if (samples < 1 || samples > MAXIMUM_SAMPLES) {
                    throw new MalformedRecordException(
                            "order: a turn of " + samples + " samples (expected: 1 to " + MAXIMUM_SAMPLES + ")");
                }
            }
            minimum = begin + 1;
        }
    }
}

package io.freshet.learning.replica;

import io.freshet.learning.codec.ListCodec;
import io.freshet.learning.math.Underflow;
import io.freshet.learning.merge.BlockChange;
import io.freshet.learning.merge.Transfer;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The sum of what rounding has removed from the contributions of a replica so far (error feedback).
 *
 * <pre>
 *   sent  = round(change + error)        for each number that the round changed
 *   error = change + error - sent        exact; 0 at first, after a number that overflows, and instead of a subnormal
 * </pre>
 *
 * So what a replica learns arrives in full, if not at once. Pinned by {@code ReplicaOracleTest}.
 *
 * @see <a href="https://arxiv.org/abs/1901.09847">Karimireddy et al. 2019, Error feedback fixes SignSGD</a>
 */
final class RoundingErrors {
    private static final int[] EXACT = {};
    private static final float[] NONE = {};

    /** By block: errors of the parameters, then of each slot that is merged. */
    private final SortedMap<Integer, float[]> errors = new TreeMap<>();

    /**
     * Returns a change as it is sent.
     *
     * @param length count of parameters in its block
     */
    BlockChange rounded(BlockChange change, int length) {
        int count = change.count(length);
        float[] changes = change.changes();
        float[] sent = new float[changes.length];
        float[] error = errors.computeIfAbsent(change.block(), block -> new float[changes.length / count * length]);
        for (int i = 0; i < changes.length; i++) {
            if (changes[i] != 0) {
                int at = i / count * length + change.coordinate(i % count);
                float owed = changes[i] + error[at];
                sent[i] = Transfer.BFLOAT16.round(owed);
                error[at] = Float.isFinite(sent[i]) ? Underflow.flush(owed - sent[i]) : 0;
            }
        }
        return new BlockChange(change.block(), change.coordinates(), sent, EXACT, NONE, change.squares());
    }

    void write(DataOutput out) throws IOException {
        ListCodec.writeBlocks(errors, out);
    }

    static RoundingErrors read(DataInput in) throws IOException {
        RoundingErrors read = new RoundingErrors();
        read.errors.putAll(ListCodec.readBlocks(in));
        return read;
    }
}

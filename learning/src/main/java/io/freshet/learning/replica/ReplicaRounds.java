package io.freshet.learning.replica;

import io.freshet.learning.learner.FieldCodec;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The rounds of one replica. The replica and the reducer both follow them, from what was contributed and merged.
 *
 * <pre>
 *   base   the round whose point merged the replica's contribution before its last `staleness` ones;
 *          0, the initial state, if there is no such contribution
 *   next   last + 1, but at least base + 1 + staleness unless base is 0
 * </pre>
 *
 * So a replica opens a round with at most {@code staleness} contributions of its own that its base lacks. If no round closes
 * without it, round k starts from point k - 1 - {@code staleness}. A contribution that missed its round is merged in a later
 * one; the replica waits for that, and skips the rounds in between.
 */
final class ReplicaRounds {
    private final int staleness;
    /** The rounds whose points merged contributions, from that before the last {@code staleness} ones on. */
    private final Deque<Long> mergedIn = new ArrayDeque<>();

    private long contributions;
    private long last;

    ReplicaRounds(int staleness) {
        this.staleness = staleness;
    }

    static ReplicaRounds read(DataInput in) throws IOException {
        ReplicaRounds rounds = new ReplicaRounds(in.readInt());
        rounds.contributions = in.readLong();
        rounds.last = in.readLong();
        rounds.mergedIn.addAll(FieldCodec.read(DataInput::readLong, in));
        return rounds;
    }

    void write(DataOutput out) throws IOException {
        out.writeInt(staleness);
        out.writeLong(contributions);
        out.writeLong(last);
        FieldCodec.write(mergedIn, (round, to) -> to.writeLong(round), out);
    }

    int staleness() {
        return staleness;
    }

    /** Returns whether the next round can open; otherwise, a contribution has to be merged first. */
    boolean canOpen() {
        return contributions <= staleness || !mergedIn.isEmpty();
    }

    /** Returns the point that the next round starts from. */
    long base() {
        return contributions <= staleness ? 0 : mergedIn.element();
    }

    /** Returns the number of the next round. */
    long next() {
        long base = base();
        return base == 0 ? last + 1 : Math.max(last + 1, base + 1 + staleness);
    }

    /** Returns the last round contributed, 0 before the first. */
    long last() {
        return last;
    }

    void contributed(long round) {
        if (contributions++ > staleness) {
            mergedIn.remove();
        }
        last = round;
    }

    /** Records that the oldest unmerged contribution was merged; after a failure, perhaps before it is contributed again. */
    void merged(long round) {
        mergedIn.add(round);
    }
}

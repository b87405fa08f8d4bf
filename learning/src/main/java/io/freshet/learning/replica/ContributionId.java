package io.freshet.learning.replica;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Identifies a contribution.
 *
 * @param replica from 0
 * @param round of the replica, from 1; later than the round before, usually by one
 * @param received samples that the replica received in the round; fewer than the period at the end of a bounded input
 */
public record ContributionId(int replica, long round, long received) {
    void write(DataOutput out) throws IOException {
        out.writeInt(replica);
        out.writeLong(round);
        out.writeLong(received);
    }

    static ContributionId read(DataInput in) throws IOException {
        return new ContributionId(in.readInt(), in.readLong(), in.readLong());
    }
}

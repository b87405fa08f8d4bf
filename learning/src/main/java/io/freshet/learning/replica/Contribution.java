package io.freshet.learning.replica;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateTally;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.learner.FieldCodec;
import io.freshet.learning.learner.FlatArrays;
import io.freshet.learning.learner.LineageCodec;
import io.freshet.learning.learner.TallyCodec;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/**
 * What a replica learned in one round. It is a function of the samples and of the merged points that the replica adopted, so
 * one sent again is equal. As bytes, a version, then every field. Pinned by {@code ReplicaCodecTest}.
 *
 * @param member the replica and its round
 * @param counts of the round
 * @param changes of the parameters, in the order of their blocks
 * @param moments of the numeric features in the samples of the round alone
 * @param validation of the samples of the round
 * @param lineage of the replica
 */
public record Contribution(
        ContributionId member,
        Counts counts,
        List<BlockChange> changes,
        double[] moments,
        Validation validation,
        Lineage lineage)
        implements RoundsMessage {
    private static final byte VERSION = 1;

    /**
     * Counts of a round.
     *
     * @param received samples received
     * @param samples samples learned
     * @param updates optimizer steps
     * @param rejected samples rejected for their gradients
     */
    public record Counts(long received, long samples, long updates, long rejected) {
        public void write(DataOutput out) throws IOException {
            out.writeLong(received);
            out.writeLong(samples);
            out.writeLong(updates);
            out.writeLong(rejected);
        }

        public static Counts read(DataInput in) throws IOException {
            return new Counts(in.readLong(), in.readLong(), in.readLong(), in.readLong());
        }
    }

    /**
     * Metrics of the samples of a round, each predicted by its replica before learning it.
     *
     * @param window metrics of the learned samples
     * @param updates of the round
     * @param holdout metrics of the held-out samples
     */
    public record Validation(Tally window, UpdateTally updates, Tally holdout) {}

    /** Returns whether no number of the changes has overflowed. */
    public boolean isFinite() {
        for (BlockChange change : changes) {
            for (float number : change.changes()) {
                if (!Float.isFinite(number)) {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public Header header() {
        return new Header(1, TO_REDUCER, member.replica(), member.round());
    }

    @Override
    public void readBy(Reader reader) {
        reader.contributed(this);
    }

    @Override
    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        member.write(out);
        counts.write(out);
        FieldCodec.write(changes, Contribution::writeChange, out);
        FlatArrays.writeDoubles(moments, out);
        TallyCodec.write(validation.window(), out);
        TallyCodec.writeUpdates(validation.updates(), out);
        TallyCodec.write(validation.holdout(), out);
        LineageCodec.write(lineage, out);
    }

    public static Contribution read(DataInput in) throws IOException {
        FieldCodec.readVersion("contribution", VERSION, in);
        ContributionId member = ContributionId.read(in);
        Counts counts = Counts.read(in);
        List<BlockChange> changes = FieldCodec.read(Contribution::readChange, in);
        double[] moments = FlatArrays.readDoubles(in);
        Tally window = TallyCodec.read(in);
        Validation validation = new Validation(window, TallyCodec.readUpdates(in), TallyCodec.read(in));
        return new Contribution(member, counts, changes, moments, validation, LineageCodec.read(in));
    }

    private static void writeChange(BlockChange change, DataOutput out) throws IOException {
        out.writeInt(change.block());
        FieldCodec.writeOptional(change.coordinates(), FlatArrays::writeInts, out);
        FlatArrays.writeFloats(change.changes(), out);
        FlatArrays.writeInts(change.inexact(), out);
        FlatArrays.writeFloats(change.remainders(), out);
    }

    private static BlockChange readChange(DataInput in) throws IOException {
        return new BlockChange(
                in.readInt(),
                FieldCodec.readOptional(FlatArrays::readInts, in),
                FlatArrays.readFloats(in),
                FlatArrays.readInts(in),
                FlatArrays.readFloats(in));
    }
}

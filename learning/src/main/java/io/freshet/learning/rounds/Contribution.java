package io.freshet.learning.rounds;

import io.freshet.learning.codec.FlatArrays;
import io.freshet.learning.codec.LineageCodec;
import io.freshet.learning.codec.TallyCodec;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateTally;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.merge.BlockChange;
import io.freshet.learning.merge.Transfer;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a replica learned in one round. It is a function of the samples and of the merged points that the replica adopted, so
 * one sent again is equal. As bytes, a version, then every field. Pinned by {@code ReplicaCodecTest}.
 *
 * @param member the replica and its round
 * @param transfer of the changes
 * @param counts of the round
 * @param changes of the parameters, in the order of their blocks
 * @param moments of the numeric features in the samples of the round alone
 * @param validation of the samples of the round
 * @param lineage of the replica
 */
public record Contribution(
        ContributionId member,
        Transfer transfer,
        Counts counts,
        List<BlockChange> changes,
        double[] moments,
        Validation validation,
        Lineage lineage)
        implements RoundsMessage.Contributed {
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

    /**
     * Returns the messages to the reducer of the model, and to those of blocks: the changes of every {@code reducers}-th block from the
     * first one on.
     *
     * @param reducers of blocks; 0 if the reducer of the model merges all blocks
     */
    public List<RoundsMessage> messages(int reducers) {
        List<RoundsMessage> messages = new ArrayList<>();
        messages.add(
                reducers == 0
                        ? this
                        : new Contribution(member, transfer, counts, List.of(), moments, validation, lineage));
        for (int first = 0; first < reducers; first++) {
            messages.add(changes(first, reducers));
        }
        return messages;
    }

    /** Returns the changes of every count-th block from a first one on. */
    public BlockChanges changes(int first, int count) {
        List<BlockChange> some = changes.stream()
                .filter(change -> change.block() % count == first)
                .toList();
        return new BlockChanges(first, member, transfer, counts.samples(), some);
    }

    /** Returns the sums of gradients, which count by the weight of their batches. */
    public BlockChanges gradients() {
        return new BlockChanges(0, member, transfer, validation.window().weight(), changes);
    }

    /** Returns the size of the changes in bytes. */
    public long bytes() {
        return changes.stream().mapToLong(change -> change.bytes(transfer)).sum();
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
        out.writeUTF(transfer.name());
        counts.write(out);
        BlockChanges.write(changes, transfer, out);
        FlatArrays.writeDoubles(moments, out);
        TallyCodec.write(validation.window(), out);
        FlatArrays.writeDoubles(validation.updates().sums(), out);
        out.writeDouble(validation.updates().learningRate());
        TallyCodec.write(validation.holdout(), out);
        LineageCodec.write(lineage, out);
    }

    public static Contribution read(DataInput in) throws IOException {
        requireVersion("contribution", in.readByte(), VERSION);
        ContributionId member = ContributionId.read(in);
        Transfer transfer = Transfer.valueOf(in.readUTF());
        Counts counts = Counts.read(in);
        List<BlockChange> changes = BlockChanges.readAll(transfer, in);
        double[] moments = FlatArrays.readDoubles(in);
        Tally window = TallyCodec.read(in);
        UpdateTally updates = new UpdateTally(FlatArrays.readDoubles(in), in.readDouble());
        Validation validation = new Validation(window, updates, TallyCodec.read(in));
        return new Contribution(member, transfer, counts, changes, moments, validation, LineageCodec.read(in));
    }

    public static void requireVersion(String what, byte version, byte expected) throws IOException {
        if (version != expected) {
            throw new IOException(what + ": version " + version + " (expected: " + expected + ")");
        }
    }
}

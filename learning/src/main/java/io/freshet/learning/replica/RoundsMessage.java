package io.freshet.learning.replica;

import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.replica.MergedPoint.Block;
import io.freshet.learning.replica.MergedPoint.Closing;
import io.freshet.learning.spec.ModelSpec;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A message between the replicas and the reducers of a model. It knows its readers, and reads and writes itself. One that is sent again
 * after a failure is equal to the first, unless it is a decision of the reducer.
 */
public sealed interface RoundsMessage
        permits Contribution,
                BlockChanges,
                MergedPoint,
                RoundsMessage.Ended,
                RoundsMessage.ChangesEnded,
                RoundsMessage.Closed,
                RoundsMessage.BlocksMerged,
                RoundsMessage.Failed {
    /** The reader of contributions: the reducer of the model. */
    String TO_REDUCER = "contributions";
    /** The readers of what was merged: all replicas and reducers. */
    String TO_ALL = "merged";

    /** The most bytes of what does not grow with the parameters: moments, metrics, lineage, members, and a specification. */
    long LARGEST_OTHERS = 1 << 25;

    /** Returns the reader of changes: the reducer of the blocks from a first one on. */
    static String toBlocks(int first) {
        return "blocks-" + first;
    }

    /** Returns the most bytes of a message about a model: each number as a change, its index, its remainder and index, and its square. */
    static long largest(ModelSpec spec) {
        Optimizer optimizer = spec.optimizer();
        long parameters = spec.model()
                .layout(spec.inputShape(), spec.outputs(), optimizer.slots())
                .parameters();
        return LARGEST_OTHERS + 5 * Float.BYTES * (1L + optimizer.slots()) * parameters;
    }

    /**
     * What a message is, and about what.
     *
     * @param type is stored; 5 was a contribution with some of its changes
     * @param to who reads it
     * @param sender number of the replica, or first block of the reducer of blocks; 0 for the reducer of the model
     * @param round from 1; 0 for none
     */
    record Header(byte type, String to, int sender, long round) {
        Header(int type, String to, int sender, long round) {
            this((byte) type, to, sender, round);
        }
    }

    Header header();

    /** Writes everything but the header. */
    void write(DataOutput out) throws IOException;

    /** Calls the method of the reader for this type. */
    void readBy(Reader reader);

    /** Reads messages, and ignores those of the types that it has no method for. */
    interface Reader {
        default void contributed(Contribution contribution) {}

        default void ended(Ended replica) {}

        default void changed(BlockChanges changes) {}

        default void changesEnded(ChangesEnded replica) {}

        default void closed(Closed round) {}

        default void blocksMerged(BlocksMerged blocks) {}

        default void merged(MergedPoint point) {}

        default void failed(Failed model) {}
    }

    /** @throws IOException if the bytes are not those of such a message */
    static RoundsMessage read(byte type, int sender, long round, DataInputStream in) throws IOException {
        RoundsMessage message = switch (type) {
            case 1 -> Contribution.read(in);
            case 2 -> new Ended(sender);
            case 3 -> MergedPoint.read(in);
            case 4 -> Failed.read(in);
            case 5 -> BlockChanges.readContribution(in);
            case 6 -> new ChangesEnded(in.readInt(), sender);
            case 7 -> new Closed(round, Closing.read(in));
            case 8 -> new BlocksMerged(round, sender, Block.readAll(in));
            case 9 -> BlockChanges.read(in);
            default -> throw new IOException("message: type " + type + " (expected: 1 to 9)");
        };
        Header own = message.header();
        if (own.sender() != sender || own.round() != round) {
            throw new IOException("message: of " + sender + " in round " + round + " (expected: of " + own.sender()
                    + " in round " + own.round() + ", as it says itself)");
        }
        return message;
    }

    /** A replica has no more samples. To the reducer of the model. */
    record Ended(int sender) implements RoundsMessage {
        @Override
        public Header header() {
            return new Header(2, TO_REDUCER, sender, 0);
        }

        @Override
        public void write(DataOutput out) {}

        @Override
        public void readBy(Reader reader) {
            reader.ended(this);
        }
    }

    /** A replica has no more samples. To the reducer of the blocks from a first one on. */
    record ChangesEnded(int first, int sender) implements RoundsMessage {
        @Override
        public Header header() {
            return new Header(6, RoundsMessage.toBlocks(first), sender, 0);
        }

        @Override
        public void write(DataOutput out) throws IOException {
            out.writeInt(first);
        }

        @Override
        public void readBy(Reader reader) {
            reader.changesEnded(this);
        }
    }

    /** Which contributions a round has. To the reducers of blocks. */
    record Closed(long round, Closing closing) implements RoundsMessage {
        @Override
        public Header header() {
            return new Header(7, TO_ALL, 0, round);
        }

        @Override
        public void write(DataOutput out) throws IOException {
            closing.write(out);
        }

        @Override
        public void readBy(Reader reader) {
            reader.closed(this);
        }
    }

    /** What a reducer of blocks has merged. To the reducer of the model, and to the replicas. */
    record BlocksMerged(long round, int sender, List<Block> blocks) implements RoundsMessage {
        @Override
        public Header header() {
            return new Header(8, TO_ALL, sender, round);
        }

        @Override
        public void write(DataOutput out) throws IOException {
            Block.write(blocks, out);
        }

        @Override
        public void readBy(Reader reader) {
            reader.blocksMerged(this);
        }
    }

    /**
     * The model is no longer learned. To all.
     *
     * @param run of the job that failed; a later one tries again
     */
    record Failed(String run, String reason) implements RoundsMessage {
        static Failed read(DataInputStream in) throws IOException {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            int end = Math.max(0, text.indexOf('\n'));
            return new Failed(text.substring(0, end), text.substring(end).strip());
        }

        @Override
        public Header header() {
            return new Header(4, TO_ALL, 0, 0);
        }

        @Override
        public void write(DataOutput out) throws IOException {
            out.write((run + "\n" + reason).getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void readBy(Reader reader) {
            reader.failed(this);
        }
    }
}

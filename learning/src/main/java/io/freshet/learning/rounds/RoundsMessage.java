package io.freshet.learning.rounds;

import io.freshet.learning.codec.ListCodec;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.spec.ModelSpec;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;

/**
 * A message between the replicas and the reducers of a model. It knows its readers, and reads and writes itself. One that is sent again
 * after a failure is equal to the first, unless it is a decision of the reducer.
 */
public sealed interface RoundsMessage
        permits RoundsMessage.Contributed,
                RoundsMessage.Ended,
                Closing,
                RoundsMessage.BlocksMerged,
                MergedPoint,
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
     * The type, reader, sender, and round of a message.
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

        default void changed(BlockChanges changes) {}

        default void ended(Ended replica) {}

        default void closed(Closing round) {}

        default void blocksMerged(BlocksMerged blocks) {}

        default void merged(MergedPoint point) {}

        default void failed(Failed model) {}
    }

    /** @throws IOException if the bytes are not those of such a message */
    static RoundsMessage read(byte type, int sender, long round, DataInputStream in) throws IOException {
        RoundsMessage message = switch (type) {
            case 1 -> Contribution.read(in);
            case 2 -> new Ended(Ended.OF_MODEL, sender);
            case 3 -> MergedPoint.read(in);
            case 4 -> Failed.read(in);
            case 5 -> BlockChanges.read(in);
            case 6 -> new Ended(in.readInt(), sender);
            case 7 -> Closing.read(round, in);
            case 8 -> new BlocksMerged(round, sender, ListCodec.readBlocks(in));
            default -> throw new IOException("message: type " + type + " (expected: 1 to 8)");
        };
        Header own = message.header();
        if (own.sender() != sender || own.round() != round) {
            throw new IOException("message: of " + sender + " in round " + round + " (expected: of " + own.sender()
                    + " in round " + own.round() + ", as it says itself)");
        }
        return message;
    }

    /** All or part of what a replica learned in a round. Read by a reducer. */
    sealed interface Contributed extends RoundsMessage permits Contribution, BlockChanges {
        ContributionId member();
    }

    /**
     * Reports that a replica has no more samples. Read by a reducer.
     *
     * @param reducer the first of its blocks, or {@value #OF_MODEL}
     */
    record Ended(int reducer, int sender) implements RoundsMessage {
        /** The {@code reducer} of a message to the reducer of the model. */
        public static final int OF_MODEL = -1;

        @Override
        public Header header() {
            return reducer == OF_MODEL
                    ? new Header(2, TO_REDUCER, sender, 0)
                    : new Header(6, RoundsMessage.toBlocks(reducer), sender, 0);
        }

        @Override
        public void write(DataOutput out) throws IOException {
            if (reducer != OF_MODEL) {
                out.writeInt(reducer);
            }
        }

        @Override
        public void readBy(Reader reader) {
            reader.ended(this);
        }
    }

    /**
     * The blocks that a reducer of blocks has merged. Read by the reducer of the model and by the replicas.
     *
     * @param blocks that changed: parameters, then each slot that is merged
     */
    record BlocksMerged(long round, int sender, SortedMap<Integer, float[]> blocks) implements RoundsMessage {
        @Override
        public Header header() {
            return new Header(8, TO_ALL, sender, round);
        }

        @Override
        public void write(DataOutput out) throws IOException {
            ListCodec.writeBlocks(blocks, out);
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

package io.freshet.learning.replica;

import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.spec.ModelSpec;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A message between the replicas and the reducer of a model. It knows its readers, and reads and writes itself. One that is sent again
 * after a failure is equal to the first, unless it is a decision of the reducer.
 */
public sealed interface RoundsMessage permits Contribution, RoundsMessage.Ended, MergedPoint, RoundsMessage.Failed {
    /** The reader of contributions: the reducer. */
    String TO_REDUCER = "contributions";
    /** The readers of what was merged: all replicas, and the reducer. */
    String TO_ALL = "merged";

    /** The most bytes of what does not grow with the parameters: moments, metrics, lineage, members, and a specification. */
    long LARGEST_OTHERS = 1 << 25;

    /** Returns the most bytes of a message about a model: each number as a change, its index, and its remainder and index. */
    static long largest(ModelSpec spec) {
        Optimizer optimizer = spec.optimizer();
        long parameters = spec.model()
                .layout(spec.inputShape(), spec.outputs(), optimizer.slots())
                .parameters();
        return LARGEST_OTHERS + 4 * Float.BYTES * (1L + optimizer.slots()) * parameters;
    }

    /**
     * The type, reader, sender, and round of a message.
     *
     * @param type is stored
     * @param to who reads it
     * @param sender number of the replica; 0 for the reducer
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
            default -> throw new IOException("message: type " + type + " (expected: 1 to 4)");
        };
        Header own = message.header();
        if (own.sender() != sender || own.round() != round) {
            throw new IOException("message: of " + sender + " in round " + round + " (expected: of " + own.sender()
                    + " in round " + own.round() + ", as it says itself)");
        }
        return message;
    }

    /** Reports that a replica has no more samples. Read by the reducer. */
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

package io.freshet.learning.replica;

import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.LearnerStateCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** What a checkpoint or the rounds topic gives back. */
final class RestoredReplicas {
    private RestoredReplicas() {}

    interface Writer<T> {
        void write(T value, DataOutput out) throws IOException;
    }

    interface Reader<T> {
        T read(DataInput in) throws IOException;
    }

    static ReplicaState restored(ReplicaState state) {
        return read(bytes(state, ReplicaState::write), ReplicaState::read);
    }

    static ReducerState restored(ReducerState state) {
        LearnerState merged = read(bytes(state.merged(), LearnerStateCodec::write), LearnerStateCodec::read);
        return read(bytes(state, ReducerState::write), in -> ReducerState.read(merged, in));
    }

    static Contribution restored(Contribution contribution) {
        return read(bytes(contribution, Contribution::write), Contribution::read);
    }

    static MergedPoint restored(MergedPoint point) {
        return read(bytes(point, MergedPoint::write), MergedPoint::read);
    }

    static <T> byte[] bytes(T value, Writer<T> writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            writer.write(value, new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static <T> T read(byte[] bytes, Reader<T> reader) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            T value = reader.read(in);
            if (in.read() >= 0) {
                throw new IllegalStateException("bytes: more than one value (expected: none after it)");
            }
            return value;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

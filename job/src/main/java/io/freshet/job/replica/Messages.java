package io.freshet.job.replica;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Messages as bytes. */
final class Messages {
    private Messages() {}

    interface Writer {
        void write(DataOutput out) throws IOException;
    }

    static byte[] bytes(Writer writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            writer.write(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException("an array takes all bytes", e);
        }
        return bytes.toByteArray();
    }

    static DataInputStream in(byte[] message) {
        return new DataInputStream(new ByteArrayInputStream(message));
    }
}

package io.freshet.cli.feed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Receives samples and rejected rows, and runs an action after the first epoch. */
final class ReceivedSamples implements SampleSink {
    /** An action that may fail. */
    interface Action {
        void run() throws IOException;
    }

    private final List<String> samples = new ArrayList<>();
    private final List<Long> rejected = new ArrayList<>();
    private final Action afterFirstEpoch;

    ReceivedSamples() {
        this(() -> {});
    }

    ReceivedSamples(Action afterFirstEpoch) {
        this.afterFirstEpoch = afterFirstEpoch;
    }

    /** Returns the bytes of each sample, in hexadecimal digits. */
    List<String> samples() {
        return samples;
    }

    List<Long> rejected() {
        return rejected;
    }

    @Override
    public void send(byte @Nullable [] key, byte[] sample) {
        samples.add(HexFormat.of().formatHex(sample));
    }

    @Override
    public void reject(long row, String text, String message) {
        rejected.add(row);
    }

    @Override
    public void requireSpace(long bytes, int epochs) {
        try {
            afterFirstEpoch.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void flush() {}
}

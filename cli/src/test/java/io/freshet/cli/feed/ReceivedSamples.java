package io.freshet.cli.feed;

import io.freshet.job.record.KeyedSample;
import io.freshet.learning.features.Sample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Receives samples and rejected rows, and runs an action after the first pass over the files. */
final class ReceivedSamples implements SampleSink {
    /** An action that may fail. */
    interface Action {
        void run() throws IOException;
    }

    private final List<String> samples = new ArrayList<>();
    private final List<Long> rejected = new ArrayList<>();
    private final Action afterFirstPass;
    private FileFeed.Summary summary;

    ReceivedSamples() {
        this(() -> {});
    }

    ReceivedSamples(Action afterFirstPass) {
        this.afterFirstPass = afterFirstPass;
    }

    /** Returns the model and the contents of each sample. */
    List<String> samples() {
        return samples;
    }

    List<Long> rejected() {
        return rejected;
    }

    FileFeed.Summary summary() {
        return summary;
    }

    @Override
    public void accept(int model, KeyedSample keyed) {
        Sample sample = keyed.sample();
        samples.add(model + " " + keyed.modelKey() + " " + Arrays.toString(sample.numeric())
                + Arrays.toString(sample.rows()) + Arrays.toString(sample.label()) + sample.weight()
                + sample.holdout() + sample.position());
    }

    @Override
    public void reject(long row, String text, String message) {
        rejected.add(row);
    }

    @Override
    public void read(FileFeed.Summary read) {
        summary = read;
        try {
            afterFirstPass.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

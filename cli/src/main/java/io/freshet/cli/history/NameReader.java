package io.freshet.cli.history;

import io.freshet.cli.feed.FileRows;
import io.freshet.cli.feed.SampleSink;
import io.freshet.job.decode.SampleFactory;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.SourceRecord;
import io.freshet.learning.encode.HashedNames;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.predict.SeenNames;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.schemas.sample.RecordFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Finds the names of hashed features in the samples that a model and key learns; the rows of a file act as its topic. */
final class NameReader implements SampleSink {
    /** Null if replicas learn the model, which has no key then. */
    private final @Nullable String modelKey;

    private final SampleFactory samples;
    private final HashedNames names;
    private final SeenNames seen;
    private long count;
    /** The row of the file, null before the first. */
    private @Nullable Row row;

    NameReader(ModelSpec spec, String key, RecordFormat format, SeenNames seen) {
        modelKey = spec.replicas() == null
                ? ParameterKey.snapshot(spec.name(), key).modelKey()
                : null;
        samples = new SampleFactory(format, List.of(spec));
        names = new HashedNames(spec, samples.layout());
        this.seen = seen;
    }

    /** Returns the number of samples of the model and key so far. */
    long count() {
        return count;
    }

    void receive(SourceRecord record) {
        KeyedSample keyed = samples.encode(record, 0);
        if (keyed != null) {
            receive(keyed, samples.row());
        }
    }

    private void receive(KeyedSample keyed, Row row) {
        if (modelKey != null && !keyed.modelKey().equals(modelKey)) {
            return;
        }
        if (!keyed.sample().stage().isFirst()) {
            // The features of its request are counted already.
            return;
        }
        count++;
        try {
            names.read(row, seen);
        } catch (InvalidSampleException e) {
            // A padded sequence: its padding has no name.
        }
    }

    @Override
    public void start(FileRows rows, Row fields) {
        row = fields;
    }

    @Override
    public void accept(int model, KeyedSample sample) {
        receive(sample, Objects.requireNonNull(row));
    }

    /** Invalid rows are not learned. */
    @Override
    public void reject(long row, String text, String message) {}
}

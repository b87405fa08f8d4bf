package io.freshet.benchmarks.state;

import io.freshet.job.record.RecordHeaders;
import io.freshet.job.record.SourceRecord;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Generates the sample at each offset deterministically. */
final class GeneratedSamples implements GeneratedSource.Values<SourceRecord> {
    private static final long serialVersionUID = 1;

    private final StateWorkload workload;
    private final Keys keys;
    private final int perSecond;
    private transient byte @Nullable [][] samples;

    /** @param perSecond maximum samples per second; 0 for no limit */
    GeneratedSamples(StateWorkload workload, Keys keys, int perSecond) {
        this.workload = workload;
        this.keys = keys;
        this.perSecond = perSecond;
    }

    @Override
    public SourceRecord apply(long offset) {
        if (perSecond > 0) {
            LockSupport.parkNanos(1_000_000_000L / perSecond);
        }
        if (samples == null) {
            samples = workload.samples();
        }
        byte[] sample = samples[(int) (offset % samples.length)].clone();
        StateWorkload.writeKey(sample, keys.key(new SplittableRandom(offset).nextDouble()));
        return new SourceRecord(0, offset, 0, null, sample, RecordHeaders.NONE);
    }
}

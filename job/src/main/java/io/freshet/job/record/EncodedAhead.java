package io.freshet.job.record;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The samples of a record, if the thread that fetched it has encoded it.
 *
 * <p>Only the decoder knows which specifications apply to a record, so the fetching thread encodes with those that the decoder
 * last used. If they no longer apply, the decoder encodes the record again. So which thread encoded a sample never matters.
 *
 * @param fetcher that fetched the record
 * @param encoder that the samples were encoded with; null if the fetcher did not know any yet
 * @param poll number of the poll that fetched the record, from 1
 * @param samples null if the fetcher left the record to the decoder, or a sample has to be rejected
 */
public record EncodedAhead(
        Fetcher fetcher, @Nullable Supplier<RecordEncoder> encoder, long poll, KeyedSample @Nullable [] samples) {
    /** Fetches records and encodes them. Called by the thread that decodes. */
    public interface Fetcher {
        /** Encodes records fetched from now on with a new encoder. */
        void use(Supplier<RecordEncoder> encoder);

        /** Records that the decoder has received a record of a poll. */
        void received(long poll);
    }

    /**
     * Returns the samples, or null if the caller has to encode the record. If they were encoded with another encoder, requests
     * {@code current} for the records to come.
     */
    KeyedSample @Nullable [] samples(Supplier<RecordEncoder> current) {
        fetcher.received(poll);
        if (encoder == current) {
            return samples;
        }
        fetcher.use(current);
        return null;
    }
}

package io.freshet.cli.feed;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.input.RowFiles;
import io.freshet.cli.input.RowReader;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.schemas.loop.OutcomeRecord;
import java.io.IOException;
import java.io.PrintWriter;

/**
 * Sends the rows of files to the outcomes topic. An invalid row becomes a dead letter, with its number and the reason.
 *
 * @param decoder of the rows
 * @param rate rows per second; infinite for no limit
 * @param limit maximum number of rows
 */
record OutcomeFeed(RowFiles files, OutcomeRow decoder, double rate, long limit) {
    /** Sends the rows until the end, the limit, the stop of {@code progress}, or an interruption of the thread. */
    void run(SampleProducer producer, FeedProgress progress, PrintWriter err) throws CommandException, IOException {
        RateLimiter limiter = new RateLimiter(rate, System::nanoTime);
        Row row = new Row(OutcomeRow.LAYOUT);
        try (RowReader reader = files.open(OutcomeRow.LAYOUT, OutcomeRow.OPTIONAL)) {
            if (reader.notice() != null) {
                err.println("freshet: " + reader.notice());
            }
            boolean more = true;
            while (more
                    && progress.sent() < limit
                    && !progress.isStopped()
                    && !Thread.currentThread().isInterrupted()) {
                try {
                    more = reader.read(row);
                    if (more) {
                        OutcomeRecord outcome = decoder.decode(row, reader);
                        limiter.await(progress.sent());
                        producer.send(outcome.key(), decoder.encode(outcome));
                        progress.countSent();
                        progress.countRow();
                    }
                } catch (InvalidSampleException e) {
                    producer.reject(reader.row(), reader.raw(), String.valueOf(e.getMessage()));
                    progress.countBad();
                    progress.countRow();
                }
                progress.show(reader.bytesRead(), reader.size());
            }
        }
    }
}

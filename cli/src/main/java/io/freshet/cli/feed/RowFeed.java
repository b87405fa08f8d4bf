package io.freshet.cli.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.input.RowFiles;
import io.freshet.cli.input.RowReader;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.spec.ModelSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sends the rows of files to a live samples topic.
 *
 * @param specs of the models whose fields are sent
 * @param named the only models to send to; empty for all
 * @param raw whether to send rows as they are in the files, for the job to check
 */
record RowFeed(RowFiles files, List<ModelSpec> specs, List<String> named, boolean raw, Pace pace) {
    /**
     * How many rows to send, and when.
     *
     * @param rate rows per second; infinite for no limit
     * @param limit maximum number of rows, over all epochs
     * @param epochs number of times to send the files
     * @param liveEventTime whether the event time is the time of sending, rather than the timestamp of the record
     */
    record Pace(double rate, long limit, int epochs, boolean liveEventTime) {}

    /** Sends the rows until the end, the limit, the stop of {@code progress}, or an interruption of the thread. */
    void run(SampleProducer producer, FeedProgress progress, PrintWriter err) throws CommandException, IOException {
        SampleRow row = SampleRow.of(specs);
        RateLimiter limiter = new RateLimiter(pace.rate, System::nanoTime);
        for (int epoch = 0; epoch < pace.epochs && !isFinished(progress); epoch++) {
            try (RowReader reader = files.open(row.layout(), RowTargets.optional(specs, named))) {
                if (epoch == 0 && reader.notice() != null) {
                    err.println("freshet: " + reader.notice());
                }
                new Pass(row, reader, epoch == 0, producer, progress).run(epoch, limiter);
            }
        }
    }

    private boolean isFinished(FeedProgress progress) {
        return progress.sent() >= pace.limit
                || progress.isStopped()
                || Thread.currentThread().isInterrupted();
    }

    /** One pass over the files. */
    private final class Pass {
        private final SampleRow row;
        private final RowReader reader;
        private final RowTargets targets;
        private final boolean first;
        private final SampleProducer producer;
        private final FeedProgress progress;

        /** @param first whether to report rejected and skipped rows, which later passes have again */
        Pass(SampleRow row, RowReader reader, boolean first, SampleProducer producer, FeedProgress progress) {
            this.row = row;
            this.reader = reader;
            this.first = first;
            this.producer = producer;
            this.progress = progress;
            targets = new RowTargets(specs, named, row, reader);
        }

        void run(int epoch, RateLimiter limiter) throws CommandException, IOException {
            boolean more = true;
            while (more && !isFinished(progress)) {
                try {
                    more = row.next(reader, epoch);
                    if (more) {
                        limiter.await(progress.sent());
                        send();
                        if (first) {
                            progress.countRow();
                        }
                    }
                } catch (InvalidSampleException e) {
                    if (first) {
                        progress.countRow();
                        producer.reject(reader.row(), reader.raw(), String.valueOf(e.getMessage()));
                        progress.countBad();
                    }
                }
                progress.show(reader.bytesRead(), reader.size());
            }
        }

        private void send() throws InvalidSampleException, CommandException {
            byte @Nullable [] recordKey = targets.key(row.fields());
            if (raw) {
                producer.send(recordKey, reader.raw().getBytes(UTF_8));
                progress.countSent();
                return;
            }
            List<String> receivers = targets.of(row.fields());
            if (receivers.isEmpty() && named.isEmpty()) {
                // No model can learn it.
                reader.requireValid();
                throw targets.rejections().values().iterator().next();
            }
            long eventTime = pace.liveEventTime ? System.currentTimeMillis() : 0;
            for (String receiver : receivers) {
                producer.send(recordKey, row.encode(eventTime, receiver));
            }
            if (!receivers.isEmpty()) {
                progress.countSent();
            }
            if (first) {
                report(receivers.isEmpty());
            }
        }

        private void report(boolean unsent) throws CommandException {
            for (Map.Entry<String, InvalidSampleException> rejection :
                    targets.rejections().entrySet()) {
                String message = String.valueOf(rejection.getValue().getMessage());
                producer.reject(reader.row(), reader.raw(), rejection.getKey(), message);
            }
            if (!targets.rejections().isEmpty()) {
                progress.countBad();
            } else if (unsent) {
                progress.countSkipped();
            }
        }
    }
}

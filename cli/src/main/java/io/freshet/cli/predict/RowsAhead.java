package io.freshet.cli.predict;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Reads and encodes the next rows in a thread of its own, while the current ones are predicted and written. */
final class RowsAhead implements AutoCloseable {
    private final ExecutorService reader = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "freshet-row-reader");
        thread.setDaemon(true);
        return thread;
    });
    private final EncodedRows rows;
    private Future<List<EncodedRow>> next;

    RowsAhead(EncodedRows rows) {
        this.rows = rows;
        next = reader.submit(rows::next);
    }

    /** Returns the next rows, as {@link EncodedRows#next}. */
    List<EncodedRow> next() throws IOException {
        try {
            List<EncodedRow> current = next.get();
            next = reader.submit(rows::next);
            return current;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException("rows cannot be read", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    @Override
    public void close() {
        reader.shutdownNow();
    }
}

package io.freshet.cli.history;

import io.freshet.cli.input.InputException;
import io.freshet.learning.yaml.Plural;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds a snapshot in a file written by {@code freshet train --save}, or in a list. */
public final class SavedSnapshot {
    private SavedSnapshot() {}

    /**
     * Returns the snapshot of a key.
     *
     * @param model null for any
     * @param key null if the file holds only one
     * @throws InputException if the file cannot be read, or has no such snapshot
     */
    public static PublishedSnapshot read(Path file, @Nullable String model, @Nullable String key)
            throws InputException {
        List<PublishedSnapshot> all;
        try {
            all = SnapshotFile.read(file);
        } catch (IOException e) {
            throw new InputException(file + ": cannot be read (expected: a file written by freshet train --save)");
        } catch (MalformedRecordException e) {
            throw new InputException(String.valueOf(e.getMessage()));
        }
        return select(file.toString(), all, model, key);
    }

    /**
     * Returns the snapshot of a key.
     *
     * @param source of the snapshots, to name in errors
     * @param model null for any
     * @param key null if there is only one
     * @throws InputException if there is no such snapshot
     */
    public static PublishedSnapshot select(
            String source, List<PublishedSnapshot> all, @Nullable String model, @Nullable String key)
            throws InputException {
        List<PublishedSnapshot> matching = all.stream()
                .filter(each -> model == null || each.snapshot().spec().name().equals(model))
                .filter(each -> key == null || each.snapshot().key().equals(key))
                .toList();
        if (matching.size() == 1) {
            return matching.get(0);
        }
        if (matching.isEmpty()) {
            throw new InputException(source + ": no snapshot" + (model == null ? "" : " of model " + model)
                    + (key == null ? "" : " with key " + key) + " (expected: one of its "
                    + Plural.of(all.size(), "snapshot") + ")");
        }
        throw new InputException(source + ": " + Plural.of(matching.size(), "snapshot") + " (expected: --key, one of "
                + String.join(
                        ", ",
                        matching.stream()
                                .limit(10)
                                .map(each -> each.snapshot().key())
                                .toList())
                + (matching.size() > 10 ? ", ...)" : ")"));
    }
}

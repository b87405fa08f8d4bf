package io.freshet.cli.kafka;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.input.InputException;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotFile;
import io.freshet.schemas.snapshot.SnapshotReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Reads the snapshots of a model: from a file, or from the parameters topics. */
public final class SnapshotSource {
    private static final String EXPECTED = " (expected: a snapshot file, <model>, or <model>@<version>)";
    private static final Pattern MODEL = Pattern.compile("([A-Za-z0-9][A-Za-z0-9._-]*)(?:@([0-9]{1,18}))?");
    private static final long NEWEST = -1;

    private final String argument;
    private final String model;
    private final long version;
    private final @Nullable String key;
    private final TreeMap<String, PublishedSnapshot> found = new TreeMap<>();
    /**
     * Version of the last snapshot read, from the current incarnation. An earlier incarnation may have higher versions.
     */
    private long newest = NEWEST;

    private SnapshotSource(String argument, String model, long version, @Nullable String key) {
        this.argument = argument;
        this.model = model;
        this.version = version;
        this.key = key;
    }

    /**
     * Returns one snapshot per key, ordered by key.
     *
     * @param argument of the command line, to name in errors
     * @param from a file, {@code <model>}, or {@code <model>@<version>}
     * @param key of a model to read from the topics, the only one to keep; null for all
     */
    public static List<PublishedSnapshot> read(String argument, String from, @Nullable String key, KafkaOptions kafka)
            throws CommandException, InputException {
        Path file = Path.of(from);
        if (Files.isRegularFile(file)) {
            return read(argument, file);
        }
        Matcher matcher = MODEL.matcher(from);
        if (!matcher.matches()) {
            throw new InputException(argument + ": " + from + EXPECTED);
        }
        String version = matcher.group(2);
        SnapshotSource source =
                new SnapshotSource(argument, matcher.group(1), version == null ? NEWEST : Long.parseLong(version), key);
        Topics topics = kafka.topics(null);
        source.read(kafka, topics.parameters());
        if (source.newest == NEWEST) {
            source.read(kafka, topics.committed());
        }
        source.checkFound(topics.parameters());
        return List.copyOf(source.found.values());
    }

    private static List<PublishedSnapshot> read(String argument, Path file) throws InputException {
        try {
            return SnapshotFile.read(file);
        } catch (MalformedRecordException e) {
            throw new InputException(argument + ": " + e.getMessage());
        } catch (IOException e) {
            throw new InputException(argument + ": " + file + ": " + e.getMessage() + EXPECTED);
        }
    }

    private void read(KafkaOptions kafka, String topic) throws CommandException {
        SnapshotReader reader = new SnapshotReader();
        try (TopicReader records = TopicReader.open(kafka, topic)) {
            records.readToEnd(record -> add(record, reader));
        }
    }

    private void add(ConsumerRecord<byte[], byte[]> record, SnapshotReader reader) {
        try {
            ParameterKey parsed = ParameterKey.parse(record.key());
            if (!parsed.model().equals(model) || key != null && !parsed.key().equals(key)) {
                return;
            }
            SnapshotReader.Change change = reader.read(record.key(), record.value());
            if (change == null) {
                return;
            }
            PublishedSnapshot snapshot = change.snapshot();
            if (snapshot == null) {
                found.remove(parsed.key());
                newest = found.isEmpty() ? NEWEST : newest;
                return;
            }
            newest = snapshot.snapshot().version();
            if (version == NEWEST || snapshot.snapshot().version() == version) {
                found.put(parsed.key(), snapshot);
            }
        } catch (MalformedRecordException e) {
            // Malformed records and incomplete snapshots are skipped.
        }
    }

    private void checkFound(String topic) throws InputException, CommandException {
        if (newest == NEWEST || version == NEWEST && found.isEmpty()) {
            String name = model + (key == null ? "" : ", key " + key);
            throw new CommandException(argument + ": " + name + ": no snapshot on topic " + topic
                    + " (expected: a model with published snapshots, or a snapshot file)");
        }
        if (found.isEmpty()) {
            throw new CommandException(argument + ": " + model + "@" + version + ": not on topic " + topic
                    + " (expected: " + newest + ", the newest, or another version on the topic)");
        }
        if (version != NEWEST && !found.containsKey("")) {
            throw new InputException(argument + ": " + model + "@" + version + " (expected: " + model
                    + ", since each key has its own versions)");
        }
    }
}

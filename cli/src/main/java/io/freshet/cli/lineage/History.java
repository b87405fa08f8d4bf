package io.freshet.cli.lineage;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.input.InputException;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.NameSuggestion;
import io.freshet.learning.yaml.Plural;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.history.HistoryCodec;
import io.freshet.schemas.history.HistoryEntry;
import io.freshet.schemas.snapshot.FloatBytes;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.topic.ParameterKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * One model's snapshots on the history topic, in the order of publication, and the specifications by hash. A version
 * that is published again after a failure, with the same checksum, is listed once.
 */
final class History {
    private final String topic;
    private final String model;
    private final @Nullable String key;
    private final HistoryCodec codec = new HistoryCodec(new SnapshotCodec());
    private final Map<Identity, HistoryEntry> entries = new LinkedHashMap<>();
    private final Map<String, ModelSpec> specs = new HashMap<>();
    private final SortedSet<String> models = new TreeSet<>();
    private final SortedSet<String> keys = new TreeSet<>();
    private @Nullable String malformed;

    private record Identity(String key, long version, long checksum) {}

    private History(String topic, String model, @Nullable String key) {
        this.topic = topic;
        this.model = model;
        this.key = key;
    }

    /**
     * Reads the history to its end.
     *
     * @param key null for all keys
     * @throws CommandException if the topic does not exist, or holds an unreadable record of the model
     */
    static History read(KafkaOptions kafka, String model, @Nullable String key) throws CommandException {
        History history = new History(kafka.topics(null).history(), model, key);
        try (TopicReader reader = TopicReader.open(kafka, history.topic)) {
            reader.readToEnd(history::add);
        }
        if (history.malformed != null) {
            throw new CommandException("topic " + history.topic + ", " + history.malformed);
        }
        return history;
    }

    /** Returns a history without entries. */
    static History empty(String model, @Nullable String key) {
        return new History("", model, key);
    }

    private void add(ConsumerRecord<byte[], byte[]> record) {
        try {
            String hash = HistoryCodec.specification(record.key());
            if (hash != null) {
                specs.put(hash, codec.readSpecification(record.value()));
                return;
            }
            if (HistoryCodec.isFormat(record.key())) {
                return;
            }
            ParameterKey parsed = ParameterKey.parse(record.key());
            models.add(parsed.model());
            if (parsed.model().equals(model)) {
                keys.add(parsed.key());
                if (key == null || key.equals(parsed.key())) {
                    add(codec.read(record.value()));
                }
            }
        } catch (MalformedRecordException e) {
            malformed = "partition " + record.partition() + ", offset " + record.offset() + ": " + e.getMessage();
        }
    }

    private void add(HistoryEntry entry) {
        Identity identity = new Identity(entry.key(), entry.version(), entry.checksum());
        entries.remove(identity);
        entries.put(identity, entry);
        specs.put(entry.specHash(), entry.spec());
    }

    /** Returns the snapshots, one for each key, version, and checksum. */
    Collection<HistoryEntry> entries() {
        return entries.values();
    }

    /**
     * @throws CommandException if the topic has no snapshot of the model and key; the message suggests similar names
     */
    void requireAny() throws CommandException {
        if (!models.contains(model)) {
            throw new CommandException("model " + model + ": no snapshot on " + topic + " (expected: "
                    + expected(model, models, "freshet apply -f SPEC.yaml, and samples") + ")");
        }
        if (key != null && !keys.contains(key)) {
            throw new CommandException("model " + model + ", key " + key + ": no snapshot on " + topic + " (expected: "
                    + (keys.contains("") ? "no --key, since the model has no key" : expected(key, keys, "a key"))
                    + ")");
        }
    }

    /**
     * Returns the newest snapshot of a version.
     *
     * @param version null for the newest snapshot of all versions
     * @param checksum of the parameters, as {@code freshet history} prints it, or null for any
     * @throws InputException if the model has keys, and none was given
     * @throws CommandException if no snapshot matches
     */
    HistoryEntry require(@Nullable Long version, @Nullable String checksum) throws CommandException, InputException {
        requireAny();
        if (key == null && !keys.contains("")) {
            throw new InputException("--key: missing (expected: " + expected("", keys, "a key") + ")");
        }
        HistoryEntry found = null;
        for (HistoryEntry entry : entries.values()) {
            if ((version == null || entry.version() == version)
                    && (checksum == null
                            || FloatBytes.checksumText(entry.checksum()).equals(checksum))) {
                found = entry;
            }
        }
        if (found == null) {
            throw new CommandException("model " + model
                    + (version == null ? "" : ", version " + version)
                    + (checksum == null ? "" : ", checksum " + checksum)
                    + ": not on " + topic + " (expected: one listed by freshet history " + model + ")");
        }
        return found;
    }

    /**
     * Returns the specifications that a snapshot was trained with, in the order of its changes.
     *
     * @throws CommandException if the topic no longer has one of them, or the lineage no longer records it
     */
    List<ModelSpec> specs(HistoryEntry entry) throws CommandException {
        specs.put(entry.specHash(), entry.spec());
        List<Lineage.Change> changes = entry.lineage().changes();
        if (changes.isEmpty()) {
            return List.of(entry.spec());
        }
        long unrecorded = changes.get(0).position();
        if (unrecorded > 0) {
            throw new CommandException("specifications of the first " + Plural.of(unrecorded, "sample")
                    + ": no longer recorded, since a lineage keeps the last " + changes.size()
                    + " (expected: an earlier version)");
        }
        List<ModelSpec> result = new ArrayList<>();
        for (Lineage.Change change : changes) {
            ModelSpec spec = specs.get(change.specHash());
            if (spec == null) {
                throw new CommandException("specification " + change.specHash() + ", in effect from sample "
                        + change.position() + ": not on " + topic
                        + " (expected: a history retained as long as the samples)");
            }
            result.add(spec);
        }
        return result;
    }

    private static String expected(String name, SortedSet<String> names, String ifEmpty) {
        return NameSuggestion.of(name, names)
                .map(nearest -> nearest + "?")
                .orElseGet(() -> names.isEmpty()
                        ? ifEmpty
                        : "one of " + String.join(", ", names.stream().limit(10).toList())
                                + (names.size() > 10 ? ", ..." : ""));
    }
}

package io.freshet.cli.history;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.input.InputException;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.Plural;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.schemas.snapshot.HistoryCodec;
import io.freshet.schemas.snapshot.HistoryEntry;
import io.freshet.schemas.snapshot.SnapshotCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * One model's part of the history topic. Its entries are passed on as they are read, since there may be millions; only the
 * specifications are kept, by hash.
 */
public final class History {
    private final String topic;
    private final String model;
    private final @Nullable String key;
    private final HistoryCodec codec = new HistoryCodec(new SnapshotCodec());
    private final Map<String, ModelSpec> specs = new HashMap<>();
    /** Why specifications of any model cannot be read, by hash; only a snapshot that names the hash needs one. */
    private final Map<String, String> unreadable = new HashMap<>();

    private final FoundNames models;
    private final FoundNames keys;
    private @Nullable String malformed;

    private History(String topic, String model, @Nullable String key) {
        this.topic = topic;
        this.model = model;
        this.key = key;
        models = new FoundNames(model);
        keys = new FoundNames(key == null ? "" : key);
    }

    /**
     * Reads the history to its end.
     *
     * @param key null for all keys
     * @param entries receives the model's entries, in the order of publication for each key
     * @throws CommandException if the topic does not exist
     */
    public static History read(KafkaOptions kafka, String model, @Nullable String key, Consumer<HistoryEntry> entries)
            throws CommandException {
        History history = new History(kafka.topics(null).history(), model, key);
        try (TopicReader reader = TopicReader.open(kafka, history.topic)) {
            reader.readToEnd(record -> history.add(record, entries));
        }
        return history;
    }

    /** Returns a history without entries. */
    public static History empty(String model, @Nullable String key) {
        return new History("", model, key);
    }

    private void add(ConsumerRecord<byte[], byte[]> record, Consumer<HistoryEntry> entries) {
        if (record.value() == null) {
            return;
        }
        String hash = HistoryCodec.specification(record.key());
        if (hash != null) {
            addSpecification(hash, record);
        } else if (!HistoryCodec.isFormat(record.key()) && isWanted(record.key())) {
            addSnapshot(record, entries);
        }
    }

    private void addSpecification(String hash, ConsumerRecord<byte[], byte[]> record) {
        try {
            add(hash, codec.readSpecification(record.value()));
        } catch (MalformedRecordException e) {
            unreadable.put(hash, reason(record, e));
        }
    }

    private boolean isWanted(byte @Nullable [] recordKey) {
        try {
            ParameterKey parsed = ParameterKey.parse(recordKey);
            models.add(parsed.model());
            if (!parsed.model().equals(model)) {
                return false;
            }
            keys.add(parsed.key());
            return key == null || key.equals(parsed.key());
        } catch (MalformedRecordException e) {
            // The record of no model.
            return false;
        }
    }

    private void addSnapshot(ConsumerRecord<byte[], byte[]> record, Consumer<HistoryEntry> entries) {
        try {
            HistoryEntry entry = codec.read(record.value());
            add(entry.specHash(), entry.spec());
            entries.accept(entry);
        } catch (MalformedRecordException e) {
            malformed = reason(record, e);
        }
    }

    private static String reason(ConsumerRecord<byte[], byte[]> record, MalformedRecordException e) {
        return "partition " + record.partition() + ", offset " + record.offset() + ": " + e.getMessage();
    }

    private void add(String hash, ModelSpec spec) {
        if (spec.name().equals(model)) {
            specs.put(hash, spec);
        }
    }

    /** Returns why a snapshot of the model and key cannot be read; null if all can. */
    public @Nullable String unreadable() {
        return malformed == null ? null : "topic " + topic + ", " + malformed;
    }

    /**
     * @throws CommandException if the topic has no snapshot of the model and key, or an unreadable one; the message suggests similar
     *     names
     */
    void requireAny() throws CommandException {
        String unreadable = unreadable();
        if (unreadable != null) {
            throw new CommandException(unreadable);
        }
        if (!models.isFound()) {
            throw new CommandException("model " + model + ": no snapshot on " + topic + " (expected: "
                    + models.expected("freshet apply -f SPEC.yaml, and samples") + ")");
        }
        if (key != null && !keys.isFound()) {
            throw new CommandException("model " + model + ", key " + key + ": no snapshot on " + topic + " (expected: "
                    + (keys.hasEmpty() ? "no --key, since the model has no key" : keys.expected("a key"))
                    + ")");
        }
    }

    /**
     * Returns the snapshot that was selected while reading.
     *
     * @throws InputException if the model has keys, and none was given
     * @throws CommandException if no snapshot matches
     */
    public HistoryEntry require(SelectedSnapshot selected) throws CommandException, InputException {
        requireAny();
        if (key == null && !keys.hasEmpty()) {
            throw new InputException("--key: missing (expected: " + keys.expected("a key") + ")");
        }
        HistoryEntry found = selected.found();
        if (found == null) {
            throw new CommandException("model " + model + selected + ": not on " + topic
                    + " (expected: one listed by freshet history " + model + ")");
        }
        return found;
    }

    /**
     * Returns the specifications that a snapshot was trained with, in the order of its changes.
     *
     * @throws CommandException if the topic no longer has one of them, or the lineage no longer records it
     */
    public List<ModelSpec> specs(HistoryEntry entry) throws CommandException {
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
                String reason = unreadable.get(change.specHash());
                throw new CommandException("specification " + change.specHash() + ", in effect from sample "
                        + change.position() + ": "
                        + (reason == null
                                ? "not on " + topic + " (expected: a history retained as long as the samples)"
                                : "topic " + topic + ", " + reason));
            }
            result.add(spec);
        }
        return result;
    }
}

package io.freshet.cli.history;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.input.InputException;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.Plural;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.history.HistoryCodec;
import io.freshet.schemas.history.HistoryEntry;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.topic.ParameterKey;
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
     * @throws CommandException if the topic does not exist, or holds an unreadable record of the model
     */
    public static History read(KafkaOptions kafka, String model, @Nullable String key, Consumer<HistoryEntry> entries)
            throws CommandException {
        History history = new History(kafka.topics(null).history(), model, key);
        try (TopicReader reader = TopicReader.open(kafka, history.topic)) {
            reader.readToEnd(record -> history.add(record, entries));
        }
        if (history.malformed != null) {
            throw new CommandException("topic " + history.topic + ", " + history.malformed);
        }
        return history;
    }

    /** Returns a history without entries. */
    public static History empty(String model, @Nullable String key) {
        return new History("", model, key);
    }

    private void add(ConsumerRecord<byte[], byte[]> record, Consumer<HistoryEntry> entries) {
        try {
            String hash = HistoryCodec.specification(record.key());
            if (hash != null) {
                add(hash, codec.readSpecification(record.value()));
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
                    HistoryEntry entry = codec.read(record.value());
                    add(entry.specHash(), entry.spec());
                    entries.accept(entry);
                }
            }
        } catch (MalformedRecordException e) {
            malformed = "partition " + record.partition() + ", offset " + record.offset() + ": " + e.getMessage();
        }
    }

    private void add(String hash, ModelSpec spec) {
        if (spec.name().equals(model)) {
            specs.put(hash, spec);
        }
    }

    /**
     * @throws CommandException if the topic has no snapshot of the model and key; the message suggests similar names
     */
    void requireAny() throws CommandException {
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
                throw new CommandException("specification " + change.specHash() + ", in effect from sample "
                        + change.position() + ": not on " + topic
                        + " (expected: a history retained as long as the samples)");
            }
            result.add(spec);
        }
        return result;
    }
}

package io.freshet.cli.lineage;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.NameSuggestion;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.history.HistoryCodec;
import io.freshet.schemas.history.HistoryEntry;
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
 * What the history topic says of one model: its snapshots, in the order in which they went out, and the specifications by
 * their hashes. After a failure the same version goes out again, with the same checksum: it is here once.
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
    private @Nullable String bad;

    private record Identity(String key, long version, long checksum) {}

    private History(String topic, String model, @Nullable String key) {
        this.topic = topic;
        this.model = model;
        this.key = key;
    }

    /**
     * Reads the history to its end.
     *
     * @param key of the model, or null for all
     * @throws CommandException if there is no such topic, or it holds a record of the model that cannot be read
     */
    static History read(KafkaOptions kafka, String model, @Nullable String key) throws CommandException {
        History history = new History(kafka.topics(null).history(), model, key);
        try (TopicReader reader = TopicReader.open(kafka, history.topic)) {
            reader.readToEnd(history::take);
        }
        if (history.bad != null) {
            throw new CommandException("topic " + history.topic + ", " + history.bad);
        }
        return history;
    }

    /** Returns a history of which nothing is known. */
    static History none(String model, @Nullable String key) {
        return new History("", model, key);
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        try {
            String hash = HistoryCodec.specification(record.key());
            if (hash != null) {
                specs.put(hash, codec.readSpecification(record.value()));
                return;
            }
            ParameterKey address = ParameterKey.parse(record.key());
            models.add(address.model());
            if (address.model().equals(model)) {
                keys.add(address.key());
                if (key == null || key.equals(address.key())) {
                    add(codec.read(record.value()));
                }
            }
        } catch (MalformedRecordException e) {
            bad = "partition " + record.partition() + ", offset " + record.offset() + ": " + e.getMessage();
        }
    }

    private void add(HistoryEntry entry) {
        Identity identity = new Identity(entry.key(), entry.version(), entry.checksum());
        entries.remove(identity);
        entries.put(identity, entry);
        specs.put(entry.specHash(), entry.spec());
    }

    /** Returns the snapshots, of each version and checksum one. */
    Collection<HistoryEntry> entries() {
        return entries.values();
    }

    /** @throws CommandException if no snapshot of the model ever went out; it names the nearest that has some */
    void requireAny() throws CommandException {
        if (!models.contains(model)) {
            throw new CommandException("model " + model + ": no snapshot on " + topic + " (expected: "
                    + expected(model, models, "freshet apply -f SPEC.yaml, and samples") + ")");
        }
        if (key != null && !keys.contains(key)) {
            throw new CommandException("model " + model + ", key " + key + ": no snapshot on " + topic + " (expected: "
                    + (keys.contains("") ? "no --key, the model has none" : expected(key, keys, "a key")) + ")");
        }
    }

    /**
     * Returns the newest snapshot of a version.
     *
     * @param version null for the newest of all
     * @param checksum of its parameters, as {@code freshet history} shows it, or null for any
     * @throws CommandException if there is none
     */
    HistoryEntry require(@Nullable Long version, @Nullable String checksum) throws CommandException {
        requireAny();
        HistoryEntry found = null;
        for (HistoryEntry entry : entries.values()) {
            if ((version == null || entry.version() == version)
                    && (checksum == null
                            || HistoryView.checksum(entry.checksum()).equals(checksum))) {
                found = entry;
            }
        }
        if (found == null) {
            throw new CommandException("model " + model
                    + (version == null ? "" : ", version " + version)
                    + (checksum == null ? "" : ", checksum " + checksum)
                    + ": not on " + topic + " (expected: one that freshet history " + model + " shows)");
        }
        return found;
    }

    /**
     * Returns the specifications that a snapshot was learned by, in the order of its changes.
     *
     * @throws CommandException if one is not known any more, or the lineage has forgotten it
     */
    List<ModelSpec> specs(HistoryEntry entry) throws CommandException {
        specs.put(entry.specHash(), entry.spec());
        List<Lineage.Change> changes = entry.lineage().changes();
        if (changes.isEmpty()) {
            return List.of(entry.spec());
        }
        long known = changes.get(0).position();
        if (known > 0) {
            throw new CommandException("specifications of the first " + known
                    + " samples: forgotten, as the last " + changes.size()
                    + " are kept (expected: a version from before so many changes)");
        }
        List<ModelSpec> result = new ArrayList<>();
        for (Lineage.Change change : changes) {
            ModelSpec spec = specs.get(change.specHash());
            if (spec == null) {
                throw new CommandException("specification " + change.specHash() + ", from sample " + change.position()
                        + " on: not on " + topic + " (expected: a history that is kept as long as the samples)");
            }
            result.add(spec);
        }
        return result;
    }

    private static String expected(String name, SortedSet<String> names, String ifNone) {
        return NameSuggestion.of(name, names)
                .map(nearest -> nearest + "?")
                .orElseGet(() -> names.isEmpty()
                        ? ifNone
                        : "one of " + String.join(", ", names.stream().limit(10).toList())
                                + (names.size() > 10 ? ", ..." : ""));
    }
}

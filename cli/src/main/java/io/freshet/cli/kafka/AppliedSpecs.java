package io.freshet.cli.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.cli.console.CommandException;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.WarmStartReference;
import io.freshet.learning.yaml.NameSuggestion;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.snapshot.ModelSpecCodec;
import io.freshet.schemas.snapshot.WarmStartCodec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The models topic: the newest specification of each model that is not deleted, in order of model names. A malformed record
 * concerns the model that its key names, and no other.
 */
public final class AppliedSpecs {
    private static final int MODELS_PARTITION = 0;

    private final KafkaOptions kafka;
    private final String topic;
    private final ModelSpecCodec codec = new ModelSpecCodec();
    private final Map<String, Applied> specs = new TreeMap<>();
    /** Why the newest record of a model cannot be read, by model. */
    private final Map<String, String> malformed = new TreeMap<>();
    /** Keys of the parts of current and former warm starts. */
    private final Set<String> warmStartParts = new TreeSet<>();

    /**
     * A specification and when it was applied.
     *
     * @param appliedAt timestamp of its record, in milliseconds since 1970, UTC
     */
    public record Applied(ModelSpec spec, long appliedAt) {}

    private AppliedSpecs(KafkaOptions kafka, String topic) {
        this.kafka = kafka;
        this.topic = topic;
    }

    /** @throws CommandException if the models topic does not exist */
    public static AppliedSpecs read(KafkaOptions kafka) throws CommandException {
        AppliedSpecs result = new AppliedSpecs(kafka, kafka.topics(null).models());
        try (TopicReader reader = TopicReader.open(kafka, result.topic)) {
            reader.readToEnd(result::add);
        }
        return result;
    }

    private void add(ConsumerRecord<byte[], byte[]> record) {
        String name = record.key() == null ? "" : new String(record.key(), UTF_8);
        if (WarmStartCodec.isPart(record.key())) {
            if (record.value() == null) {
                warmStartParts.remove(name);
            } else {
                warmStartParts.add(name);
            }
            return;
        }
        malformed.remove(name);
        specs.remove(name);
        try {
            if (record.value() != null) {
                specs.put(name, new Applied(codec.read(record.value()), record.timestamp()));
            }
        } catch (MalformedRecordException e) {
            malformed.put(name, "malformed: topic " + topic + ", offset " + record.offset() + ": " + e.getMessage());
        }
    }

    public Collection<Applied> all() {
        return specs.values();
    }

    /** Returns why the newest record of a model cannot be read, by model; a running job keeps the specification before it. */
    public Map<String, String> malformed() {
        return malformed;
    }

    public @Nullable Applied get(String model) {
        return specs.get(model);
    }

    /** @throws CommandException if the model is malformed, or does not exist; the message suggests a similar name, or lists all */
    public Applied require(String model) throws CommandException {
        Applied applied = specs.get(model);
        if (malformed.containsKey(model)) {
            throw new CommandException("model " + model + ": " + malformed.get(model));
        }
        if (applied == null) {
            String expected = NameSuggestion.of(model, specs.keySet())
                    .map(nearest -> nearest + "?")
                    .orElseGet(() -> specs.isEmpty()
                            ? "freshet apply -f <file>; no models are applied"
                            : "one of " + String.join(", ", specs.keySet()));
            throw new CommandException("model " + model + ": does not exist (expected: " + expected + ")");
        }
        return applied;
    }

    /**
     * Writes specifications, in the given order, and waits until all replicas have them. Tombstones for warm starts no
     * longer used are written last.
     *
     * @param parts of the warm starts, written before the specifications
     * @return the offset after the last specification
     */
    public long write(List<KeyedBytes> parts, List<ModelSpec> changed, long now) throws CommandException {
        List<KeyedBytes> records = new ArrayList<>();
        for (ModelSpec spec : changed) {
            // The job keeps parts for a limited number of other changes.
            parts.stream()
                    .filter(part -> WarmStartCodec.model(part.key()).equals(spec.name()))
                    .forEach(records::add);
            records.add(codec.write(spec, now));
        }
        long end = send(records, now);
        records.clear();
        for (ModelSpec spec : changed) {
            WarmStartReference warmStart = spec.stream().warmStart();
            addTombstones(spec.name(), warmStart == null ? null : warmStart.checksum(), records);
        }
        if (!records.isEmpty()) {
            send(records, now);
        }
        return end;
    }

    /** Writes the tombstones of a model and its warm starts. */
    public void delete(String model, long now) throws CommandException {
        List<KeyedBytes> records = new ArrayList<>(List.of(codec.delete(model)));
        addTombstones(model, null, records);
        send(records, now);
    }

    private void addTombstones(String model, @Nullable String keptChecksum, List<KeyedBytes> records) {
        for (String part : warmStartParts) {
            byte[] key = part.getBytes(UTF_8);
            if (WarmStartCodec.model(key).equals(model)
                    && !WarmStartCodec.checksum(key).equals(keptChecksum)) {
                records.add(new KeyedBytes(key, null));
            }
        }
    }

    /** @return the offset after the last record; 0 if there is none */
    private long send(List<KeyedBytes> records, long now) throws CommandException {
        try (KafkaProducer<byte[], byte[]> producer =
                kafka.producer(Map.of("delivery.timeout.ms", 30_000, "request.timeout.ms", 10_000))) {
            long end = 0;
            for (KeyedBytes record : records) {
                end = producer.send(new ProducerRecord<>(topic, MODELS_PARTITION, now, record.key(), record.value()))
                                .get()
                                .offset()
                        + 1;
            }
            return end;
        } catch (ExecutionException e) {
            throw kafka.failure("topic " + topic + ": not written", e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("interrupted", e);
        }
    }
}

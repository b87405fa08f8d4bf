package io.freshet.cli.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.cli.console.CommandException;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.WarmStartReference;
import io.freshet.learning.yaml.NameSuggestion;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.spec.ModelSpecCodec;
import io.freshet.schemas.spec.WarmStartCodec;
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

/** The specifications on the models topic: the newest of each model that is not deleted, in the order of names. */
public final class AppliedSpecs {
    private static final int MODELS_PARTITION = 0;

    private final KafkaOptions kafka;
    private final String topic;
    private final ModelSpecCodec codec = new ModelSpecCodec();
    private final Map<String, Applied> specs = new TreeMap<>();
    /** Keys of the parts of what models start from, or once did. */
    private final Set<String> parts = new TreeSet<>();

    /**
     * A specification and when it was applied.
     *
     * @param appliedAt milliseconds since 1970, UTC: the time stamp of its record
     */
    public record Applied(ModelSpec spec, long appliedAt) {}

    private AppliedSpecs(KafkaOptions kafka, String topic) {
        this.kafka = kafka;
        this.topic = topic;
    }

    /** @throws CommandException if there is no models topic, or it holds a record that is no specification */
    public static AppliedSpecs read(KafkaOptions kafka) throws CommandException {
        AppliedSpecs result = new AppliedSpecs(kafka, kafka.topics(null).models());
        List<String> bad = new ArrayList<>();
        try (TopicReader reader = TopicReader.open(kafka, result.topic)) {
            reader.readToEnd(record -> result.take(record, bad));
        }
        if (!bad.isEmpty()) {
            throw new CommandException("topic " + result.topic + ", " + bad.get(0));
        }
        return result;
    }

    private void take(ConsumerRecord<byte[], byte[]> record, List<String> bad) {
        String name = record.key() == null ? "" : new String(record.key(), UTF_8);
        if (WarmStartCodec.isPart(record.key())) {
            if (record.value() == null) {
                parts.remove(name);
            } else {
                parts.add(name);
            }
            return;
        }
        try {
            if (record.value() == null) {
                specs.remove(name);
            } else {
                specs.put(name, new Applied(codec.read(record.value()), record.timestamp()));
            }
            bad.removeIf(message -> message.startsWith(name + ": "));
        } catch (MalformedRecordException e) {
            specs.remove(name);
            bad.add(name + ": offset " + record.offset() + ": " + e.getMessage());
        }
    }

    public Collection<Applied> all() {
        return specs.values();
    }

    public @Nullable Applied get(String model) {
        return specs.get(model);
    }

    /** @throws CommandException if there is no such model; it names the nearest, or those there are */
    public Applied require(String model) throws CommandException {
        Applied applied = specs.get(model);
        if (applied == null) {
            String expected = NameSuggestion.of(model, specs.keySet())
                    .map(nearest -> nearest + "?")
                    .orElseGet(() -> specs.isEmpty()
                            ? "freshet apply -f SPEC.yaml; there are no models"
                            : "one of " + String.join(", ", specs.keySet()));
            throw new CommandException("model " + model + ": does not exist (expected: " + expected + ")");
        }
        return applied;
    }

    /**
     * Writes specifications, in their order, and waits until all replicas have them.
     *
     * @param brought parts of what they start from, which come first; what they no longer start from goes last
     */
    public void write(List<KeyedBytes> brought, List<ModelSpec> changed, long now) throws CommandException {
        List<KeyedBytes> records = new ArrayList<>(brought);
        for (ModelSpec spec : changed) {
            records.add(codec.write(spec, now));
        }
        for (ModelSpec spec : changed) {
            WarmStartReference warmStart = spec.stream().warmStart();
            addTombstones(spec.name(), warmStart == null ? null : warmStart.checksum(), records);
        }
        send(records, now);
    }

    /** Writes the tombstones of a model, and of what it started from. */
    public void delete(String model, long now) throws CommandException {
        List<KeyedBytes> records = new ArrayList<>(List.of(codec.delete(model)));
        addTombstones(model, null, records);
        send(records, now);
    }

    private void addTombstones(String model, @Nullable String keptChecksum, List<KeyedBytes> records) {
        for (String part : parts) {
            byte[] key = part.getBytes(UTF_8);
            if (WarmStartCodec.model(key).equals(model)
                    && !WarmStartCodec.checksum(key).equals(keptChecksum)) {
                records.add(new KeyedBytes(key, null));
            }
        }
    }

    private void send(List<KeyedBytes> records, long now) throws CommandException {
        try (KafkaProducer<byte[], byte[]> producer =
                kafka.producer(Map.of("delivery.timeout.ms", 30_000, "request.timeout.ms", 10_000))) {
            for (KeyedBytes record : records) {
                producer.send(new ProducerRecord<>(topic, MODELS_PARTITION, now, record.key(), record.value()))
                        .get();
            }
        } catch (ExecutionException e) {
            throw new CommandException("topic " + topic + ": not written: " + message(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("interrupted", e);
        }
    }

    private static String message(ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return String.valueOf(cause.getMessage());
    }
}

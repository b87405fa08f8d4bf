package io.freshet.cli.history;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.learning.predict.WarmStart;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.WarmStartReference;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.snapshot.WarmStartCodec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads the warm starts of specifications from the models topic. */
final class WarmStarts {
    private final WarmStartCodec codec = new WarmStartCodec();
    /** Checksums of the warm starts to read. */
    private final Set<String> wanted;
    /** By the checksum of the warm start, its parts by index. */
    private final Map<String, TreeMap<Integer, byte[]>> parts = new HashMap<>();

    private WarmStarts(Set<String> wanted) {
        this.wanted = wanted;
    }

    /**
     * Returns the warm starts of one model's specifications, by checksum. Reads the topic only if there are any.
     * Deleted warm starts are found until the topic is compacted.
     *
     * @throws CommandException if the topic no longer has a warm start, or has other parameters under its checksum
     */
    static Map<String, WarmStart> read(KafkaOptions kafka, List<ModelSpec> specs) throws CommandException {
        Map<String, WarmStart> warmStarts = new HashMap<>();
        WarmStarts topicParts = new WarmStarts(specs.stream()
                .map(spec -> spec.stream().warmStart())
                .filter(Objects::nonNull)
                .map(WarmStartReference::checksum)
                .collect(Collectors.toSet()));
        String topic = kafka.topics(null).models();
        for (ModelSpec spec : specs) {
            WarmStartReference warmStart = spec.stream().warmStart();
            if (warmStart == null || warmStarts.containsKey(warmStart.checksum())) {
                continue;
            }
            if (topicParts.parts.isEmpty()) {
                topicParts.read(kafka, topic, spec.name());
            }
            warmStarts.put(warmStart.checksum(), topicParts.join(warmStart, topic));
        }
        return warmStarts;
    }

    private void read(KafkaOptions kafka, String topic, String model) throws CommandException {
        try (TopicReader reader = TopicReader.open(kafka, topic)) {
            reader.readToEnd(record -> add(record, model));
        }
    }

    private void add(ConsumerRecord<byte[], byte[]> record, String model) {
        if (!WarmStartCodec.isPart(record.key())
                || record.value() == null
                || !WarmStartCodec.model(record.key()).equals(model)
                || !wanted.contains(WarmStartCodec.checksum(record.key()))) {
            return;
        }
        try {
            WarmStartCodec.Part part = codec.read(record.key(), record.value());
            TreeMap<Integer, byte[]> all = parts.computeIfAbsent(part.checksum(), checksum -> new TreeMap<>());
            if (part.index() == 0) {
                // Written again, perhaps in fewer parts.
                all.clear();
            }
            all.put(part.index(), part.bytes());
        } catch (MalformedRecordException e) {
            // Treated as missing: join reports it.
        }
    }

    private WarmStart join(WarmStartReference warmStart, String topic) throws CommandException {
        TreeMap<Integer, byte[]> found = parts.get(warmStart.checksum());
        if (found == null) {
            throw new CommandException("topic " + topic + ": no warm start " + warmStart
                    + " (expected: the parameters that the version started from; compaction removes them once they are"
                    + " replaced or deleted)");
        }
        try {
            return WarmStartCodec.join(List.copyOf(found.values()), warmStart.checksum());
        } catch (MalformedRecordException e) {
            throw new CommandException("topic " + topic + ": warm start " + warmStart + ": " + e.getMessage(), e);
        }
    }
}

package io.freshet.cli.lineage;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.learning.learner.WarmStart;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.WarmStartReference;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.spec.WarmStartCodec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What specifications start from, as the models topic has it. */
final class WarmStarts {
    private final WarmStartCodec codec = new WarmStartCodec();
    /** The parts of each by their number, by checksum. */
    private final Map<String, TreeMap<Integer, byte[]>> parts = new HashMap<>();

    private WarmStarts() {}

    /**
     * Returns what specifications of one model start from, by checksum; the topic is read only if there is any. What is
     * deleted there is found for as long as the topic is not compacted.
     *
     * @throws CommandException if the topic does not have it any more, or has other parameters under its name
     */
    static Map<String, WarmStart> read(KafkaOptions kafka, List<ModelSpec> specs) throws CommandException {
        Map<String, WarmStart> bases = new HashMap<>();
        WarmStarts found = new WarmStarts();
        String topic = kafka.topics(null).models();
        for (ModelSpec spec : specs) {
            WarmStartReference warmStart = spec.stream().warmStart();
            if (warmStart == null || bases.containsKey(warmStart.checksum())) {
                continue;
            }
            if (found.parts.isEmpty()) {
                found.read(kafka, topic, spec.name());
            }
            bases.put(warmStart.checksum(), found.join(warmStart, topic));
        }
        return bases;
    }

    private void read(KafkaOptions kafka, String topic, String model) throws CommandException {
        try (TopicReader reader = TopicReader.open(kafka, topic)) {
            reader.readToEnd(record -> take(record, model));
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record, String model) {
        if (!WarmStartCodec.isPart(record.key())
                || record.value() == null
                || !WarmStartCodec.model(record.key()).equals(model)) {
            return;
        }
        try {
            WarmStartCodec.Part part = codec.read(record.key(), record.value());
            TreeMap<Integer, byte[]> all = parts.computeIfAbsent(part.checksum(), checksum -> new TreeMap<>());
            if (part.index() == 0) {
                // Brought again, perhaps in fewer parts.
                all.clear();
            }
            all.put(part.index(), part.bytes());
        } catch (MalformedRecordException e) {
            // As good as not there, which is said where it is looked for.
        }
    }

    private WarmStart join(WarmStartReference warmStart, String topic) throws CommandException {
        TreeMap<Integer, byte[]> found = parts.get(warmStart.checksum());
        if (found == null) {
            throw new CommandException("topic " + topic + ": no parameters " + warmStart
                    + " (expected: those that the version went over to; compaction takes them away once others have"
                    + " taken their place)");
        }
        try {
            return WarmStartCodec.join(List.copyOf(found.values()), warmStart.checksum());
        } catch (MalformedRecordException e) {
            throw new CommandException("topic " + topic + ": parameters " + warmStart + ": " + e.getMessage(), e);
        }
    }
}

package io.freshet.faults.oracle;

import io.freshet.learning.replica.Closing;
import io.freshet.learning.replica.ContributionId;
import io.freshet.learning.replica.MergedPoint;
import io.freshet.learning.replica.RoundsMessage;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.snapshot.RoundsAssembly;
import io.freshet.schemas.snapshot.RoundsRecord;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Reads from the rounds topic how the rounds of models were closed, and counts the messages whose senders were killed. */
final class RoundsReading implements AutoCloseable {
    /** Of incomplete messages, more than there are. */
    private static final int LIMIT = 1_000;

    private final TopicLog records;
    private final Map<String, Closings> models = new HashMap<>();
    private final Map<String, RoundsAssembly> assemblies = new HashMap<>();
    private long begun;
    private long completed;

    /** The first closing of each round counts, as for the job. */
    private static final class Closings implements RoundsMessage.Reader {
        private final ModelSpec spec;
        private final Map<Long, Closing> byRound = new HashMap<>();

        Closings(ModelSpec spec) {
            this.spec = spec;
        }

        @Override
        public void merged(MergedPoint point) {
            byRound.putIfAbsent(point.round(), point.closing());
        }

        /** Returns the number of rounds that lack a replica. */
        long early() {
            int count = Objects.requireNonNull(spec.replicas()).count();
            return byRound.values().stream()
                    .filter(closing -> closing.members().stream()
                                    .map(ContributionId::replica)
                                    .distinct()
                                    .count()
                            < count)
                    .count();
        }
    }

    RoundsReading(TopicLog records, List<ModelSpec> specs) {
        this.records = records;
        specs.stream()
                .filter(spec -> spec.replicas() != null)
                .forEach(spec -> models.put(spec.name(), new Closings(spec)));
    }

    void readNew() {
        records.readNew().forEach(this::add);
    }

    private void add(ConsumerRecord<byte[], byte[]> read) {
        String key = new String(read.key(), StandardCharsets.UTF_8);
        Closings model = Objects.requireNonNull(models.get(key.substring(0, key.indexOf('/'))), key);
        try {
            RoundsRecord record = RoundsRecord.read(read.value());
            boolean hasParts = record.parts() > 1;
            begun += hasParts && record.part() == 0 ? 1 : 0;
            RoundsMessage message = assemblies
                    .computeIfAbsent(key, k -> new RoundsAssembly(RoundsMessage.largest(model.spec), LIMIT, 0))
                    .add(record, read.offset());
            if (message != null) {
                completed += hasParts ? 1 : 0;
                message.readBy(model);
            }
        } catch (MalformedRecordException e) {
            throw new IllegalStateException(key + ", offset " + read.offset() + ": " + e.getMessage(), e);
        }
    }

    /** Returns how a round of a model was closed, or null if that was not read. */
    @Nullable Closing closing(String model, long round) {
        return Objects.requireNonNull(models.get(model)).byRound.get(round);
    }

    /** Returns the number of rounds of all models that were closed without the contribution of a replica. */
    long early() {
        return models.values().stream().mapToLong(Closings::early).sum();
    }

    /** Returns the number of messages that have a first part, but not all of them. */
    long incomplete() {
        return begun - completed;
    }

    @Override
    public void close() {
        records.close();
    }
}

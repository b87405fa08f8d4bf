package io.freshet.benchmarks.serving;

import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.FreshetVersion;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.topic.Topics;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.StringJoiner;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The models of the benchmark, in the topics from which a server reads them. */
final class ServedModels implements AutoCloseable {
    static final String NUMBERS = "numbers";
    static final String CATEGORIES = "categories";
    static final String VECTOR = "vector";
    static final int CATEGORY_FIELDS = 32;
    static final int ROWS = 256;
    static final int LENGTH = 100;

    private static final Topics TOPICS = Topics.of(Topics.DEFAULT_PREFIX);
    /** No server reads it. */
    private static final String UNREAD = "unread.parameters";
    /** Parameters in a block of a table. */
    private static final int BLOCK = 1 << 14;

    private final SnapshotCodec codec = new SnapshotCodec();
    private final KafkaProducer<byte[], byte[]> producer;
    private final Random random = new Random(1);
    private Snapshot newest = snapshot(spec(CATEGORIES, "categorical", "c", CATEGORY_FIELDS, ", hashBits: 18"));

    /** Publishes the first version of each model. */
    ServedModels(String bootstrapServers) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(List.of(
                            new NewTopic(TOPICS.parameters(), 1, (short) 1),
                            new NewTopic(UNREAD, 1, (short) 1),
                            new NewTopic(TOPICS.metrics(), 1, (short) 1)))
                    .all()
                    .get();
        }
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer());
        send(newest, SnapshotCodec.ALL);
        send(snapshot(spec(NUMBERS, "numeric", "n", 8, "")), SnapshotCodec.ALL);
        send(
                snapshot("{name: %s, label: y, loss: binary-cross-entropy, features: {dense: {field: x, length: %d}}}"
                        .formatted(VECTOR, LENGTH)),
                SnapshotCodec.ALL);
        producer.flush();
    }

    /** Publishes the next version of {@link #CATEGORIES}, in which one block of 64 KB has changed. */
    void publishNext() {
        newest = next(TOPICS.parameters());
    }

    /** Does the same work as {@link #publishNext} for a topic that no server reads. */
    void publishUnread() {
        next(UNREAD);
    }

    private Snapshot next(String topic) {
        long version = newest.version() + 1;
        float[] parameters = newest.parameters().clone();
        long[] versions = newest.blockVersions().clone();
        int block = (int) (version % versions.length);
        versions[block] = version;
        int end = Math.min(parameters.length, (block + 1) * BLOCK);
        for (int i = block * BLOCK; i < end; i++) {
            parameters[i] = (float) random.nextGaussian() / CATEGORY_FIELDS;
        }
        Snapshot next = new Snapshot(
                newest.spec(), "", version, version, parameters, newest.moments(), newest.lineage(), versions, null);
        send(next, newest.version(), topic);
        producer.flush();
        return next;
    }

    @Override
    public void close() {
        producer.close();
    }

    private void send(Snapshot snapshot, long since) {
        send(snapshot, since, TOPICS.parameters());
    }

    private void send(Snapshot snapshot, long since, String topic) {
        List<KeyedBytes> records = codec.write(
                codec.publish(snapshot, since, TOPICS.samples(), System.currentTimeMillis(), FreshetVersion.VERSION),
                since);
        for (KeyedBytes record : records) {
            producer.send(new ProducerRecord<>(topic, record.key(), record.value()));
        }
    }

    private Snapshot snapshot(String yaml) {
        ModelSpec spec = ModelSpec.parse(yaml);
        float[] parameters = new float[spec.parameterCount()];
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] = (float) random.nextGaussian() / CATEGORY_FIELDS;
        }
        long[] versions = new long[parameters.length <= BLOCK ? 0 : (parameters.length + BLOCK - 1) / BLOCK];
        Arrays.fill(versions, 1);
        double[] moments = spec.features().standardizer().start();
        return new Snapshot(spec, "", 1, 1, parameters, moments, new Lineage(), versions, null);
    }

    private static String spec(String name, String kind, String prefix, int fields, String more) {
        StringJoiner names = new StringJoiner(", ");
        IntStream.range(0, fields).forEach(i -> names.add(prefix + i));
        return "{name: %s, label: y, loss: binary-cross-entropy, features: {%s: [%s]%s}}"
                .formatted(name, kind, names, more);
    }
}

package io.freshet.benchmarks.serving;

import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicAdmin;
import io.freshet.cli.kafka.TopicPlan;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.kafka.FreshetVersion;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.snapshot.SnapshotCodec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

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
    private static final Topics UNREAD = Topics.of("unread");
    /** Parameters in a block of a table. */
    private static final int BLOCK = 1 << 14;

    private final SnapshotCodec codec = new SnapshotCodec();
    private final Producer<byte[], byte[]> producer;
    private final Random random = new Random(1);
    private Snapshot newest = snapshot(CATEGORIES, "categorical: " + names("c", CATEGORY_FIELDS) + ", hashBits: 18");

    /** Publishes the first version of each model. */
    ServedModels(KafkaOptions kafka) throws Exception {
        try (TopicAdmin admin = new TopicAdmin(kafka)) {
            for (Topics topics : List.of(TOPICS, UNREAD)) {
                for (TopicPlan plan : TopicPlan.of(topics, 1)) {
                    admin.create(plan, 1);
                }
            }
        }
        producer = kafka.producer(Map.of());
        for (Snapshot each : List.of(
                newest,
                snapshot(NUMBERS, "numeric: " + names("n", 8)),
                snapshot(VECTOR, "dense: {field: x, length: " + LENGTH + "}"))) {
            send(each, SnapshotCodec.ALL, TOPICS);
        }
    }

    /** Publishes the next version of {@link #CATEGORIES}, in which one block of 64 KB has changed. */
    void publishNext() {
        newest = next(TOPICS);
    }

    /** Does the same work as {@link #publishNext} for a topic that no server reads. */
    void publishUnread() {
        next(UNREAD);
    }

    private Snapshot next(Topics topics) {
        long version = newest.version() + 1;
        float[] parameters = newest.parameters().clone();
        long[] versions = newest.blockVersions().clone();
        int block = (int) (version % versions.length);
        versions[block] = version;
        draw(parameters, block * BLOCK, Math.min(parameters.length, (block + 1) * BLOCK));
        Snapshot next = new Snapshot(
                newest.spec(), "", version, version, parameters, newest.moments(), newest.lineage(), versions, null);
        send(next, newest.version(), topics);
        return next;
    }

    @Override
    public void close() {
        producer.close();
    }

    private void send(Snapshot snapshot, long since, Topics topics) {
        List<KeyedBytes> records = codec.write(
                codec.publish(snapshot, since, TOPICS.samples(), System.currentTimeMillis(), FreshetVersion.VERSION),
                since);
        for (KeyedBytes record : records) {
            producer.send(new ProducerRecord<>(topics.parameters(), record.key(), record.value()));
        }
        producer.flush();
    }

    private Snapshot snapshot(String name, String features) {
        ModelSpec spec = ModelSpec.parse(
                "{name: %s, label: y, loss: binary-cross-entropy, features: {%s}}".formatted(name, features));
        float[] parameters = new float[spec.parameterCount()];
        draw(parameters, 0, parameters.length);
        long[] versions = new long[parameters.length <= BLOCK ? 0 : (parameters.length + BLOCK - 1) / BLOCK];
        Arrays.fill(versions, 1);
        double[] moments = spec.features().standardizer().start();
        return new Snapshot(spec, "", 1, 1, parameters, moments, new Lineage(), versions, null);
    }

    private void draw(float[] parameters, int from, int to) {
        for (int i = from; i < to; i++) {
            parameters[i] = (float) random.nextGaussian() / CATEGORY_FIELDS;
        }
    }

    private static String names(String prefix, int fields) {
        return IntStream.range(0, fields).mapToObj(i -> prefix + i).collect(Collectors.joining(", ", "[", "]"));
    }
}

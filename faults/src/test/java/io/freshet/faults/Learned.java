package io.freshet.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.PublishSpec;
import io.freshet.schemas.deadletter.DeadLetterHeaders;
import io.freshet.schemas.topic.Topics;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** All topics of a job, beside the oracle: what went in, what came out, and whether it is what it has to be. */
final class Learned implements AutoCloseable {
    private final Oracle oracle;
    private final List<ModelSpec> specs;
    private final TopicLog samples;
    private final TopicLog parameters;
    private final TopicLog committedParameters;
    private final TopicLog allParameters;
    private final TopicLog deadLetters;
    private final Lane eager;
    private final Lane committed;
    private final Set<String> refused = new TreeSet<>();
    private long count;
    private long written;

    Learned(String bootstrapServers, Topics topics, int partitions, List<ModelSpec> specs) {
        this.specs = specs;
        oracle = new Oracle(specs, partitions);
        samples = TopicLog.committed(bootstrapServers, topics.samples(), partitions);
        parameters = TopicLog.committed(bootstrapServers, topics.parameters(), partitions);
        committedParameters = TopicLog.committed(bootstrapServers, topics.committed(), partitions);
        allParameters = TopicLog.all(bootstrapServers, topics.committed(), partitions);
        deadLetters = TopicLog.committed(bootstrapServers, topics.deadLetters(), 1);
        eager = new Lane(oracle);
        committed = new Lane(oracle);
    }

    /** Reads all topics on. Returns whether the last snapshots are of all samples that there are. */
    boolean isComplete() {
        return isEagerComplete()
                && committed.versions().equals(versions(PublishSpec.Lane.COMMITTED))
                && refused.size() == oracle.refused().size();
    }

    /** Reads all topics on. Returns whether the last snapshots of the eager lane are. */
    boolean isEagerComplete() {
        readOn();
        return eager.versions().equals(versions(PublishSpec.Lane.EAGER));
    }

    private void readOn() {
        // Before the samples: snapshots are of samples that were there before them.
        List<ConsumerRecord<byte[], byte[]>> eagerNow = parameters.readOn();
        List<ConsumerRecord<byte[], byte[]>> committedNow = committedParameters.readOn();
        List<ConsumerRecord<byte[], byte[]>> allNow = allParameters.readOn();
        for (ConsumerRecord<byte[], byte[]> record : samples.readOn()) {
            count++;
            oracle.take(record);
        }
        eagerNow.forEach(eager::take);
        committedNow.forEach(committed::take);
        written += allNow.stream().filter(Lane::isSnapshot).count();
        deadLetters
                .readOn()
                .forEach(record -> refused.add(
                        header(record, DeadLetterHeaders.PARTITION) + ":" + header(record, DeadLetterHeaders.OFFSET)));
    }

    /**
     * Asserts that nothing was lost, learned twice, or learned otherwise, in this or any earlier snapshot.
     *
     * @param sent samples that the producer has sent since the start
     */
    void assertSameAsOracle(long sent) {
        assertThat(count).as("records of the samples topic").isEqualTo(sent);
        assertThat(refused).as("dead letters").isEqualTo(oracle.refused());
        assertThat(eager.versions()).as("last versions").isEqualTo(versions(PublishSpec.Lane.EAGER));
        assertThat(committed.versions()).as("last committed versions").isEqualTo(versions(PublishSpec.Lane.COMMITTED));
        assertThat(eager.different()).as("snapshots that differ").isEmpty();
        assertThat(committed.different()).as("committed snapshots that differ").isEmpty();
        assertThat(committed.incomplete())
                .as("committed snapshots without all of their blocks")
                .isZero();
        specs.stream()
                .filter(Learned::countsEachSample)
                .forEach(spec -> assertThat(learned(spec))
                        .as("samples that %s has learned, by its versions", spec.name())
                        .isEqualTo(oracle.learned().get(spec.name())));
    }

    /** Whether the newest versions of a model say how many samples came: none waits, and none is left out. */
    private static boolean countsEachSample(ModelSpec spec) {
        return spec.training().batch().size() == 1
                && !spec.stream().order().strict()
                && spec.stream().deduplicateMillis() == 0;
    }

    private long learned(ModelSpec spec) {
        Lane lane = spec.publish().lane() == PublishSpec.Lane.EAGER ? eager : committed;
        return lane.versions().entrySet().stream()
                .filter(version -> version.getKey().startsWith(spec.name() + "/"))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** Asserts that no committed snapshot came again, or after a newer one: that training never went back behind one. */
    void assertNoneTakenBack() {
        assertThat(committed.again())
                .as("committed snapshots of a version that was there already")
                .isZero();
    }

    private Map<String, Long> versions(PublishSpec.Lane lane) {
        Set<String> models = specs.stream()
                .filter(spec -> spec.publish().lane() == lane)
                .map(ModelSpec::name)
                .collect(Collectors.toSet());
        Map<String, Long> versions = new TreeMap<>(oracle.versions());
        versions.keySet().removeIf(address -> !models.contains(address.substring(0, address.indexOf('/'))));
        return versions;
    }

    Lane eager() {
        return eager;
    }

    Lane committed() {
        return committed;
    }

    /** Whether a transaction of the committed lane is open, which readers of what is committed wait for. */
    boolean isOpen() {
        return committedParameters.end() < allParameters.end();
    }

    /** Returns how many snapshots were written to the committed lane and given up before anyone saw them. */
    long givenUp() {
        return written - committed.snapshots();
    }

    int deadLetters() {
        return refused.size();
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    @Override
    public void close() {
        samples.close();
        parameters.close();
        committedParameters.close();
        allParameters.close();
        deadLetters.close();
    }
}

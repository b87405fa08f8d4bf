package io.freshet.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.Topics;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.PublishSpec;
import io.freshet.schemas.DeadLetterHeaders;
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
    private final TopicLog deadLetters;
    private final Lane eager;
    private final Lane committed;
    private final Set<String> refused = new TreeSet<>();
    private long count;

    Learned(String bootstrapServers, Topics topics, int partitions, List<ModelSpec> specs) {
        this.specs = specs;
        oracle = new Oracle(specs);
        samples = new TopicLog(bootstrapServers, topics.samples(), partitions);
        parameters = new TopicLog(bootstrapServers, topics.parameters(), partitions);
        committedParameters = new TopicLog(bootstrapServers, topics.committed(), partitions);
        deadLetters = new TopicLog(bootstrapServers, topics.deadLetters(), 1);
        eager = new Lane(parameters, oracle);
        committed = new Lane(committedParameters, oracle);
    }

    /** Reads all topics on. Returns whether the last snapshots are of all samples that there are. */
    boolean isComplete() {
        samples.readOn(record -> {
            count++;
            oracle.take(record);
        });
        eager.readOn();
        committed.readOn();
        deadLetters.readOn(record -> refused.add(
                header(record, DeadLetterHeaders.PARTITION) + ":" + header(record, DeadLetterHeaders.OFFSET)));
        return eager.versions().equals(versions(PublishSpec.Lane.EAGER))
                && committed.versions().equals(versions(PublishSpec.Lane.COMMITTED))
                && refused.size() == oracle.refused().size();
    }

    /**
     * Asserts that nothing was lost, learned twice, or learned otherwise, in this or any earlier snapshot.
     *
     * @param sent samples that the producer has sent since the start
     */
    void assertSameAsOracle(long sent) {
        assertThat(count).as("records of the samples topic").isEqualTo(sent);
        assertThat(refused).as("dead letters").isEqualTo(oracle.refused());
        assertThat(oracle.learned()).as("samples learned").isEqualTo(sent - refused.size());
        assertThat(eager.versions()).as("last versions").isEqualTo(versions(PublishSpec.Lane.EAGER));
        assertThat(committed.versions()).as("last committed versions").isEqualTo(versions(PublishSpec.Lane.COMMITTED));
        assertThat(eager.different()).as("snapshots that differ").isEmpty();
        assertThat(committed.different()).as("committed snapshots that differ").isEmpty();
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
        deadLetters.close();
    }
}

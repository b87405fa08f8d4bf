package io.freshet.faults.oracle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.PublishSpec;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import io.freshet.schemas.kafka.Topics;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads all topics of a job and compares its output with the oracle's. */
public final class OracleComparison implements AutoCloseable {
    private final Oracle oracle;
    private final List<ModelSpec> specs;
    private final RoundsReading rounds;
    private final TopicLog samples;
    private final TopicLog parameters;
    private final TopicLog committedParameters;
    private final TopicLog allParameters;
    private final TopicLog deadLetters;
    private final LaneLog eager;
    private final LaneLog committed;
    private final Set<String> rejected = new TreeSet<>();
    private long count;
    private long written;

    public OracleComparison(String bootstrapServers, Topics topics, int partitions, List<ModelSpec> specs) {
        this.specs = specs;
        rounds = new RoundsReading(TopicLog.committed(bootstrapServers, topics.rounds(), partitions), specs);
        oracle = new Oracle(specs, partitions, rounds);
        samples = TopicLog.committed(bootstrapServers, topics.samples(), partitions);
        parameters = TopicLog.committed(bootstrapServers, topics.parameters(), partitions);
        committedParameters = TopicLog.committed(bootstrapServers, topics.committed(), partitions);
        allParameters = TopicLog.all(bootstrapServers, topics.committed(), partitions);
        deadLetters = TopicLog.committed(bootstrapServers, topics.deadLetters(), 1);
        eager = new LaneLog(oracle);
        committed = new LaneLog(oracle);
    }

    /** Ignores what is published and rejected so far. */
    public void skipPublished() {
        List.of(parameters, committedParameters, allParameters, deadLetters).forEach(TopicLog::readNew);
    }

    /** Reads new records of all topics; returns whether the last snapshots cover all samples. */
    public boolean isComplete() {
        return isEagerComplete()
                && committed.versions().equals(versions(PublishSpec.Lane.COMMITTED))
                && rejected.size() == oracle.rejected().size()
                && oracle.isMerged();
    }

    /** Reads new records of all topics; returns whether the last snapshots of the eager lane cover all samples. */
    public boolean isEagerComplete() {
        readNew();
        return eager.versions().equals(versions(PublishSpec.Lane.EAGER));
    }

    private void readNew() {
        // Snapshots before samples, so that the samples of every snapshot are read too.
        List<ConsumerRecord<byte[], byte[]>> eagerNow = parameters.readNew();
        List<ConsumerRecord<byte[], byte[]>> committedNow = committedParameters.readNew();
        List<ConsumerRecord<byte[], byte[]>> allNow = allParameters.readNew();
        for (ConsumerRecord<byte[], byte[]> record : samples.readNew()) {
            count++;
            oracle.receive(record);
        }
        rounds.readNew();
        oracle.learnRounds();
        eagerNow.forEach(eager::add);
        committedNow.forEach(committed::add);
        written += allNow.stream().filter(LaneLog::isSnapshot).count();
        deadLetters
                .readNew()
                .forEach(record -> rejected.add(
                        header(record, DeadLetterHeaders.PARTITION) + ":" + header(record, DeadLetterHeaders.OFFSET)));
    }

    /**
     * Asserts that no sample was lost, learned twice, or learned differently, in the last or any earlier snapshot.
     *
     * @param sent samples that the producer has sent since the start
     */
    public void assertSameAsOracle(long sent) {
        assertSameCounts(sent);
        assertThat(eager.differences()).as("snapshots that differ").isEmpty();
        assertThat(committed.differences())
                .as("committed snapshots that differ")
                .isEmpty();
    }

    /**
     * Asserts that no sample was lost or learned twice.
     *
     * @param sent samples that the producer has sent since the start
     */
    public void assertSameCounts(long sent) {
        assertThat(count).as("records of the samples topic").isEqualTo(sent);
        assertThat(rejected).as("dead letters").isEqualTo(oracle.rejected());
        assertThat(eager.versions()).as("last versions").isEqualTo(versions(PublishSpec.Lane.EAGER));
        assertThat(committed.versions()).as("last committed versions").isEqualTo(versions(PublishSpec.Lane.COMMITTED));
        assertThat(committed.incomplete())
                .as("committed snapshots without all of their blocks")
                .isZero();
        specs.stream()
                .filter(OracleComparison::countsEachSample)
                .forEach(spec -> assertThat(learned(spec))
                        .as("samples that %s has learned, by its versions", spec.name())
                        .isEqualTo(oracle.learned().get(spec.name())));
    }

    /** Returns whether a model's versions count every sample, since none is buffered, dropped, or a correction. */
    private static boolean countsEachSample(ModelSpec spec) {
        return spec.training().batch().size() == 1
                && !spec.stream().order().strict()
                && spec.replicas() == null
                && spec.join() == null
                && spec.stream().deduplicateMillis() == 0;
    }

    /** Returns the models that have snapshots that differ from the oracle's in any bit. */
    public Set<String> differing() {
        Set<String> models = new TreeSet<>(eager.differing());
        models.addAll(committed.differing());
        return models;
    }

    private long learned(ModelSpec spec) {
        LaneLog lane = spec.publish().lane() == PublishSpec.Lane.EAGER ? eager : committed;
        return lane.versions().entrySet().stream()
                .filter(version -> version.getKey().startsWith(spec.name() + "/"))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** Asserts that versions of committed snapshots only increase: none was retracted and published again. */
    public void assertNoneRetracted() {
        assertThat(committed.repeated())
                .as("committed snapshots of a version that was already published")
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

    public LaneLog eager() {
        return eager;
    }

    public LaneLog committed() {
        return committed;
    }

    /** Returns the number of rounds of replicas that were closed without the contribution of one. */
    public long closedEarly() {
        return rounds.early();
    }

    /** Returns the number of messages on the rounds topic that lack a part, since their sender was killed. */
    public long incompleteMessages() {
        return rounds.incomplete();
    }

    /** Returns whether the committed lane has an open transaction, for which readers must wait. */
    public boolean isOpen() {
        return committedParameters.end() < allParameters.end();
    }

    /** Returns the number of committed-lane snapshots in aborted transactions, which no reader saw. */
    public long aborted() {
        return written - committed.snapshots();
    }

    public int deadLetters() {
        return rejected.size();
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    @Override
    public void close() {
        rounds.close();
        samples.close();
        parameters.close();
        committedParameters.close();
        allParameters.close();
        deadLetters.close();
    }
}

package io.freshet.cli.endtoend;

import static org.awaitility.Awaitility.await;

import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.learning.features.Lineage;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.EvaluationCodec;
import io.freshet.schemas.facts.HeartbeatCodec;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * The newest snapshot and the newest evaluation of each model key. The two arrive independently, and either may lag, so
 * values that must be consistent are read from one record.
 */
final class ControlView implements AutoCloseable {
    private final TopicReader parameters;
    private final TopicReader metrics;
    private final SnapshotReader reader = new SnapshotReader();
    private final EvaluationCodec codec = new EvaluationCodec();
    private final Map<String, PublishedSnapshot> snapshots = new TreeMap<>();
    private final Map<String, Evaluation> evaluations = new HashMap<>();

    private ControlView(TopicReader parameters, TopicReader metrics) {
        this.parameters = parameters;
        this.metrics = metrics;
    }

    static ControlView open(String bootstrapServers, Topics topics) throws Exception {
        KafkaOptions kafka = KafkaOptions.of(bootstrapServers);
        return new ControlView(TopicReader.open(kafka, topics.parameters()), TopicReader.open(kafka, topics.metrics()));
    }

    /** Reads on until a condition holds. */
    void until(String what, BooleanSupplier condition) {
        await(what).atMost(Duration.ofMinutes(2)).pollDelay(Duration.ZERO).until(() -> {
            read();
            return condition.getAsBoolean();
        });
    }

    private void read() throws Exception {
        for (var record : parameters.poll()) {
            SnapshotReader.Change change = reader.read(record.key(), record.value());
            if (change != null && change.snapshot() != null) {
                snapshots.put(change.key().modelKey(), change.snapshot());
            } else if (change != null) {
                snapshots.remove(change.key().modelKey());
            }
        }
        for (var record : metrics.poll()) {
            if (HeartbeatCodec.isHeartbeat(record.key())) {
                continue;
            }
            String address = ParameterKey.parse(record.key()).modelKey();
            if (record.value() == null) {
                evaluations.remove(address);
            } else {
                evaluations.put(address, codec.read(record.value()));
            }
        }
    }

    /** Returns the snapshots by address, without deleted ones. */
    Map<String, PublishedSnapshot> snapshots() {
        return snapshots;
    }

    Lineage lineage(String address) {
        return snapshots.get(address).snapshot().lineage();
    }

    long version(String address) {
        return snapshots.containsKey(address)
                ? snapshots.get(address).snapshot().version()
                : 0;
    }

    /** Returns the number of samples predicted and scored by the newest evaluation. */
    long scored(String address) {
        Evaluation evaluation = evaluations.get(address);
        return evaluation == null ? 0 : evaluation.total().samples();
    }

    /** Returns the number of samples learned by the newest evaluation. */
    long learned(String address) {
        Evaluation evaluation = evaluations.get(address);
        return evaluation == null ? 0 : evaluation.version();
    }

    /** Returns whether each of a model's keys has learned samples with at least this many specifications. */
    boolean hasChanged(String model, int keys, int changes) {
        List<Lineage> lineages = snapshots.keySet().stream()
                .filter(address -> address.startsWith(model + "/"))
                .map(this::lineage)
                .toList();
        return lineages.size() == keys
                && lineages.stream().allMatch(lineage -> {
                    List<Lineage.Change> all = lineage.changes();
                    return all.size() >= changes
                            && lineage.position() > all.get(changes - 1).position() + 15;
                });
    }

    @Override
    public void close() {
        parameters.close();
        metrics.close();
    }
}

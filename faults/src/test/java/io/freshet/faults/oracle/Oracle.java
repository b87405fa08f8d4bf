package io.freshet.faults.oracle;

import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.sample.SampleDecoder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Learns the records of the samples topic in one loop, without Flink or faults, to compute every snapshot. */
final class Oracle {
    private final RowLayout layout;
    private final Row row;
    private final SampleDecoder decoder;
    private final Map<String, Model> models = new TreeMap<>();
    private final Map<String, LearnerState> states = new TreeMap<>();
    private final Map<String, Map<Long, Long>> hashes = new HashMap<>();
    private final Set<String> ids = new HashSet<>();
    private final Set<String> rejected = new TreeSet<>();
    private final Map<String, Long> learned = new TreeMap<>();

    /**
     * A model.
     *
     * @param order for {@code order: strict}, or null
     * @param replicas that learn it, or null
     * @param deduplicated whether duplicates are dropped; all ids are within the window
     */
    private record Model(
            Learner learner,
            FeatureEncoder encoder,
            @Nullable TurnOrder order,
            @Nullable ReplicaOracle replicas,
            boolean deduplicated) {
        String address(Row row, RowLayout layout) {
            String key = learner.spec().key();
            return learner.spec().name() + "/" + (key == null ? "" : row.text(layout.text(key)));
        }
    }

    /** @param rounds how the rounds of replicas were closed */
    Oracle(List<ModelSpec> specs, int partitions, RoundsReading rounds) {
        layout = RowLayout.of(specs);
        row = new Row(layout);
        decoder = new SampleDecoder(layout);
        for (ModelSpec spec : specs) {
            int count = spec.stream().order().count();
            TurnOrder order = spec.stream().order().strict() ? new TurnOrder(partitions, count) : null;
            boolean deduplicated = spec.stream().deduplicateMillis() > 0;
            Learner learner = new Learner(spec);
            ReplicaOracle replicas = spec.replicas() == null
                    ? null
                    : new ReplicaOracle(learner, round -> rounds.closing(spec.name(), round));
            FeatureEncoder encoder = new FeatureEncoder(spec, layout);
            models.put(spec.name(), new Model(learner, encoder, order, replicas, deduplicated));
        }
    }

    /** Learns the next record of its partition. */
    void receive(ConsumerRecord<byte[], byte[]> record) {
        try {
            decoder.decode(record.value(), record.timestamp(), row);
            for (Model model : models.values()) {
                if (decoder.model().isEmpty()
                        || decoder.model().equals(model.learner().spec().name())) {
                    Sample sample = model.encoder().encode(row, record.partition(), record.offset());
                    String address = model.address(row, layout);
                    learned.merge(model.learner().spec().name(), 1L, Long::sum);
                    if (!model.deduplicated() || ids.add(address + " " + row.id())) {
                        learn(model, address, sample);
                    }
                }
            }
        } catch (MalformedRecordException | InvalidSampleException e) {
            rejected.add(record.partition() + ":" + record.offset());
        }
    }

    private void learn(Model model, String address, Sample sample) {
        if (model.replicas() != null) {
            model.replicas().add(sample);
        } else if (model.order() == null) {
            learnNow(model.learner(), address, sample);
        } else {
            model.order().add(sample).forEach(next -> learnNow(model.learner(), address, next));
        }
    }

    /** Learns the samples of models with replicas that were received, as far as their rounds are closed. */
    void learnRounds() {
        for (Model model : models.values()) {
            if (model.replicas() != null) {
                String address = model.learner().spec().name() + "/";
                model.replicas().learn(merged -> published(model.learner(), address, merged));
            }
        }
    }

    /** Returns whether the replicas' contributions are merged. */
    boolean isMerged() {
        return models.values().stream()
                .allMatch(model -> model.replicas() == null || model.replicas().isMerged());
    }

    private void learnNow(Learner learner, String address, Sample sample) {
        LearnerState state = states.computeIfAbsent(address, a -> learner.start());
        long before = state.samples();
        learner.learn(state, sample);
        if (state.samples() > before) {
            published(learner, address, state);
        }
    }

    /** Records a state that may be published. */
    private void published(Learner learner, String address, LearnerState state) {
        states.put(address, state);
        hashes.computeIfAbsent(address, a -> new HashMap<>())
                .put(
                        state.samples(),
                        ParameterHash.of(learner.snapshot(state, "").parameters()));
    }

    /** Returns the number of samples of each model that were not rejected, including duplicates. */
    Map<String, Long> learned() {
        return learned;
    }

    /** Returns {@code partition:offset} of each rejected record. */
    Set<String> rejected() {
        return rejected;
    }

    /** Returns the newest version of each model key that has one. */
    Map<String, Long> versions() {
        Map<String, Long> versions = new TreeMap<>();
        states.forEach((address, state) -> {
            if (state.samples() > 0) {
                versions.put(address, state.samples());
            }
        });
        return versions;
    }

    /** Returns the hash of a version's parameters, or null if no such version is possible. */
    @Nullable Long hash(String address, long version) {
        return hashes.getOrDefault(address, Map.of()).get(version);
    }
}

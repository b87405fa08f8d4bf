package io.freshet.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.Run;
import io.freshet.cli.embedded.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.job.KafkaTrainer;
import io.freshet.job.SpecTopic;
import io.freshet.job.Topics;
import io.freshet.job.TrainerSources;
import io.freshet.job.source.SourceRecord;
import io.freshet.job.source.SpecChange;
import io.freshet.learning.features.FeatureEncoder;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.learner.Base;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.Lineage;
import io.freshet.learning.learner.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.WarmStart;
import io.freshet.schemas.Evaluation;
import io.freshet.schemas.EvaluationCodec;
import io.freshet.schemas.KeyedBytes;
import io.freshet.schemas.ModelSpecCodec;
import io.freshet.schemas.PublishedSnapshot;
import io.freshet.schemas.SampleDecoder;
import io.freshet.schemas.SampleWriter;
import io.freshet.schemas.SnapshotFile;
import io.freshet.schemas.SnapshotReader;
import io.freshet.schemas.WarmStartCodec;
import io.freshet.schemas.input.RecordFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches a change that counts from another sample after a recovery. Models are changed by the command while samples stream
 * and the job fails; what they are in the end must be what a plain loop makes of the same samples, going over to each
 * specification at the sample that the lineage says.
 */
@Timeout(300)
class ControlIT {
    private static final String PREFIX = "control";
    private static final Topics TOPICS = Topics.of(PREFIX);
    private static final String WHOLE = """
            {name: whole, label: y, weight: w, features: {numeric: [a, b], categorical: [c], cross: [[c, d]], hashBits: 8},
             loss: binary-cross-entropy, optimizer: {type: ftrl, learningRate: 0.1}, regularization: {l1: 0.01, l2: 0.001},
             publish: {everySamples: 500, everyMillis: 50}, evaluation: {window: 100}}
            """;
    private static final String KEYED = """
            {name: keyed, label: t, key: c, features: {numeric: [a, b], categorical: [d], hashBits: 6},
             loss: mean-squared-error, optimizer: {type: adam, learningRate: 0.01},
             publish: {everySamples: 500, everyMillis: 50}}
            """;
    /** Samples that must come after a change before the next one. */
    private static final long ENOUGH = 300;

    @TempDir
    Path directory;

    private EmbeddedKafka kafka;
    /** The newest snapshot of each address that is not deleted. */
    private final Map<String, PublishedSnapshot> snapshots = new TreeMap<>();

    private long scored;
    /** Every specification that was applied, by its hash, and what it starts from. */
    private final Map<String, Learner> learners = new HashMap<>();

    private volatile long sent;
    private volatile boolean streaming = true;

    @Test
    void models_changed_while_they_learn_and_fail_are_those_of_a_plain_loop() throws Exception {
        try (EmbeddedKafka broker = EmbeddedKafka.startTemporary()) {
            kafka = broker;
            done("topics", "create", "--partitions", "1");
            apply(WHOLE, KEYED);
            KafkaOptions options = KafkaOptions.of(kafka.bootstrapServers());
            try (LocalCluster cluster = LocalCluster.start(directory.resolve("cluster"), 2);
                    TopicReader parameters = TopicReader.open(options, TOPICS.parameters());
                    TopicReader metrics = TopicReader.open(options, TOPICS.metrics())) {
                FaultyReader.reset(0);
                KafkaTrainer trainer = trainer();
                cluster.submit(sources(trainer), trainer.sinks(), Duration.ofMillis(100));
                Thread stream = new Thread(this::stream);
                stream.start();
                try {
                    change(new View(parameters, metrics));
                } finally {
                    streaming = false;
                    stream.join();
                }
            }
        }
    }

    private void change(View view) throws Exception {
        view.until("samples are learned", () -> position("whole/") > 2 * ENOUGH);
        Path saved = directory.resolve("saved.snapshot");
        SnapshotFile.write(saved, List.of(snapshots.get("whole/")));

        FaultyReader.reset(2);
        String slowWhole = WHOLE.replace("learningRate: 0.1", "learningRate: 0.02");
        String slowKeyed = KEYED.replace("learningRate: 0.01", "learningRate: 0.002");
        assertThat(apply(slowWhole, slowKeyed).out())
                .contains("model whole: optimizer.learningRate: 0.1 -> 0.02")
                .contains("model keyed: optimizer.learningRate: 0.01 -> 0.002");
        view.until("the learning rate has changed", () -> FaultyReader.failures() == 2 && hasChanged(2));

        refuse(slowWhole);
        apply(slowWhole.replace("loss:", "frozen: true, loss:"), slowKeyed);
        view.until("the model is frozen", () -> scored > version("whole/") + 2 * ENOUGH);
        long version = version("whole/");
        view.until("samples are scored", () -> scored > version + 3 * ENOUGH);
        assertThat(version("whole/")).isEqualTo(version);

        apply(slowWhole, slowKeyed);
        view.until("the model is no longer frozen", () -> version("whole/") > version + ENOUGH);
        assertThat(hashes("whole/")).hasSize(4);

        FaultyReader.reset(2);
        applyFrom(slowWhole, saved.toString());
        applyFrom(slowKeyed, "keyed");
        view.until(
                "both have gone over",
                () -> FaultyReader.failures() == 2 && hasChanged("whole/", 5) && hasChanged("keyed/", 3));

        streaming = false;
        view.until("all samples are learned", () -> position("whole/") == sent && position("keyed/") == sent);
        Map<String, LearnerState> expected = plainLoop();
        assertThat(snapshots.keySet()).isEqualTo(expected.keySet());
        snapshots.forEach((address, published) -> {
            Snapshot snapshot = published.snapshot();
            LearnerState state = expected.get(address);
            assertThat(snapshot.version()).as(address).isEqualTo(state.samples());
            assertThat(snapshot.parameters()).as(address).isEqualTo(state.layout().parameters(state.weights()));
            assertThat(snapshot.moments()).as(address).isEqualTo(state.moments());
        });

        for (String address : snapshots.keySet()) {
            String key = address.substring(address.indexOf('/') + 1);
            String model = address.substring(0, address.indexOf('/'));
            String[] replay = key.isEmpty() ? new String[] {"replay", model} : new String[] {"replay", model, "--key", key};
            assertThat(done(replay).out()).as(address).contains("identical: ");
        }

        done("delete", "keyed");
        view.until(
                "the model is deleted",
                () -> snapshots.keySet().stream().noneMatch(address -> address.startsWith("keyed/")));
    }

    /** Writes a change of another shape past the command, and then what there was before it. */
    private void refuse(String yaml) throws Exception {
        ModelSpec spec = ModelSpec.parse(yaml);
        ModelSpec narrower = ModelSpec.parse(yaml.replace("hashBits: 8", "hashBits: 7"));
        Run refused = run("apply", "-f", file(yaml.replace("hashBits: 8", "hashBits: 7")));
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("hashBits=7}, was {", "hashBits=8}");
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (ModelSpec each : List.of(narrower, spec)) {
                KeyedBytes record = new ModelSpecCodec().write(each, 0);
                producer.send(new ProducerRecord<>(TOPICS.models(), record.key(), record.value()))
                        .get();
            }
        }
    }

    /** Sends about two thousand samples a second until it is told to stop. */
    private void stream() {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            while (streaming) {
                for (int i = 0; i < 20; i++) {
                    producer.send(new ProducerRecord<>(TOPICS.samples(), record(sent)));
                    sent++;
                }
                producer.flush();
                LockSupport.parkNanos(10_000_000);
            }
        }
    }

    private Map<String, LearnerState> plainLoop() throws Exception {
        List<ModelSpec> specs = List.of(ModelSpec.parse(WHOLE), ModelSpec.parse(KEYED));
        RowLayout layout = RowLayout.of(specs);
        SampleDecoder decoder = new SampleDecoder(layout);
        Row row = new Row(layout);
        Map<String, LearnerState> states = new TreeMap<>();
        Map<ModelSpec, FeatureEncoder> encoders = new HashMap<>();
        for (int offset = 0; offset < sent; offset++) {
            decoder.decode(record(offset), 0, row);
            for (ModelSpec spec : specs) {
                String key = spec.key() == null ? "" : row.text(layout.text(spec.key()));
                String address = spec.name() + "/" + key;
                LearnerState state = states.get(address);
                Learner learner = learner(address, state == null ? 0 : state.lineage().position());
                if (state == null) {
                    state = learner.start();
                    states.put(address, state);
                }
                if (learner.isToRebase(state)) {
                    learner.rebase(state, key);
                }
                FeatureEncoder encoder =
                        encoders.computeIfAbsent(learner.spec(), each -> new FeatureEncoder(each, layout));
                learner.learn(state, encoder.encode(row, 0, offset));
            }
        }
        return states;
    }

    /** Returns the learner of the sample at a position, as the lineage of the last snapshot says. */
    private Learner learner(String address, long position) {
        String hash = "";
        for (Lineage.Change change : snapshots.get(address).snapshot().lineage().changes()) {
            if (change.position() <= position) {
                hash = change.specHash();
            }
        }
        Learner learner = learners.get(hash);
        assertThat(learner).as("specification %s of %s at %d", hash, address, position).isNotNull();
        return learner;
    }

    /** What is read of the job while the test waits for something. */
    private final class View {
        private final TopicReader parameters;
        private final TopicReader metrics;
        private final SnapshotReader reader = new SnapshotReader();
        private final EvaluationCodec evaluations = new EvaluationCodec();

        View(TopicReader parameters, TopicReader metrics) {
            this.parameters = parameters;
            this.metrics = metrics;
        }

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
                    snapshots.put(change.key().address(), change.snapshot());
                } else if (change != null) {
                    snapshots.remove(change.key().address());
                }
            }
            for (var record : metrics.poll()) {
                Evaluation evaluation = evaluations.read(record.value());
                if (evaluation.model().equals("whole")) {
                    scored = Math.max(scored, evaluation.total().samples());
                }
            }
        }
    }

    /** Whether the keys of a model, or of both, have learned enough by so many specifications each. */
    private boolean hasChanged(String model, int changes) {
        return snapshots.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(model))
                .allMatch(entry -> {
                    Lineage lineage = entry.getValue().snapshot().lineage();
                    List<Lineage.Change> all = lineage.changes();
                    return all.size() >= changes
                            && lineage.position() > all.get(changes - 1).position() + ENOUGH / 20;
                });
    }

    private boolean hasChanged(int changes) {
        return hasChanged("", changes);
    }

    /** Returns the samples that have come to all keys of a model. */
    private long position(String model) {
        return snapshots.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(model))
                .mapToLong(entry -> entry.getValue().snapshot().lineage().position())
                .sum();
    }

    private long version(String address) {
        return snapshots.get(address).snapshot().version();
    }

    private List<String> hashes(String address) {
        return snapshots.get(address).snapshot().lineage().changes().stream()
                .map(Lineage.Change::specHash)
                .toList();
    }

    private KafkaTrainer trainer() {
        SpecTopic specs = SpecTopic.read(kafka.bootstrapServers(), TOPICS.models(), false, Map.of());
        return new KafkaTrainer(
                kafka.bootstrapServers(),
                TOPICS,
                OffsetsInitializer.earliest(),
                false,
                specs,
                RecordFormat.avro(),
                Map.of());
    }

    private TrainerSources sources(KafkaTrainer trainer) {
        TrainerSources sources = trainer.sources();
        KafkaSource<SourceRecord> failing = KafkaSource.<SourceRecord>builder()
                .setBootstrapServers(kafka.bootstrapServers())
                .setTopics(TOPICS.samples())
                .setDeserializer(new FaultyReader(directory.resolve("cluster").resolve("checkpoints")))
                .setProperty("max.poll.records", "50")
                .build();
        return sources.withSamples(failing);
    }

    private Run apply(String... yamls) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("apply"));
        for (String yaml : yamls) {
            arguments.addAll(List.of("-f", file(yaml)));
        }
        Run run = done(arguments.toArray(String[]::new));
        remember();
        return run;
    }

    private void applyFrom(String yaml, String from) throws Exception {
        assertThat(done("apply", "-f", file(yaml), "--from", from).out()).contains(": warmStart: none -> ");
        remember();
    }

    /** Makes the learners of what the models topic holds now. */
    private void remember() throws Exception {
        SpecTopic topic = SpecTopic.read(kafka.bootstrapServers(), TOPICS.models(), false, Map.of());
        for (ModelSpec spec : topic.specs()) {
            WarmStart warmStart = spec.stream().warmStart();
            List<byte[]> parts = new ArrayList<>();
            for (SpecChange part : topic.parts()) {
                if (part.name.equals(spec.name())) {
                    parts.add(part.part);
                }
            }
            Base base = warmStart == null ? null : WarmStartCodec.join(parts, warmStart.checksum());
            learners.putIfAbsent(spec.hash(), new Learner(spec, base));
        }
    }

    private String file(String yaml) throws Exception {
        return Files.writeString(Files.createTempFile(directory, "spec", ".yaml"), yaml).toString();
    }

    private Run done(String... arguments) {
        Run run = run(arguments);
        assertThat(run.code()).as(run.err()).isZero();
        return run;
    }

    private Run run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--bootstrap-servers", kafka.bootstrapServers(), "--prefix", PREFIX));
        return Run.of(all.toArray(String[]::new));
    }

    private KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "max.in.flight.requests.per.connection", 1),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Returns the sample at an offset, always the same. */
    private static byte[] record(long offset) {
        SplittableRandom random = new SplittableRandom(offset);
        double a = random.nextDouble(-3, 3);
        double b = random.nextDouble(0, 1000);
        Map<String, Double> numbers = new LinkedHashMap<>();
        numbers.put("a", a);
        numbers.put("b", b);
        numbers.put("y", a + random.nextDouble() > 0.5 ? 1.0 : 0.0);
        numbers.put("t", 3 * a - b / 100);
        numbers.put("w", random.nextDouble(0, 2));
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("c", "c" + random.nextInt(5));
        texts.put("d", "d" + random.nextInt(100));
        return new SampleWriter().write("", "", 1_000L + offset, numbers, texts);
    }
}

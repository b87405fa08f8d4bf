package io.freshet.cli.endtoend;

import io.freshet.cli.Run;
import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.job.record.SpecChange;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.predict.WarmStart;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.WarmStartReference;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.snapshot.ModelSpecCodec;
import io.freshet.schemas.snapshot.WarmStartCodec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A job that learns a stream and fails on request, the commands that change its models, and a view of its output. */
final class ControlRun implements AutoCloseable {
    private final EmbeddedKafka kafka;
    private final Topics topics;
    private final Path directory;
    private final FaultyRun job;
    private final ControlView view;
    private final ControlStream stream;
    /** By the hash of every specification applied so far. */
    private final Map<String, Learner> learners = new HashMap<>();

    private ControlRun(EmbeddedKafka kafka, Topics topics, int partitions, Path directory, String... yamls)
            throws Exception {
        this.kafka = kafka;
        this.topics = topics;
        this.directory = directory;
        done("topics", "create", "--partitions", Integer.toString(partitions));
        apply(yamls);
        KafkaTrainer trainer = new KafkaTrainer(
                KafkaCluster.at(kafka.bootstrapServers()),
                topics,
                OffsetsInitializer.earliest(),
                false,
                specs(),
                RecordFormat.avro());
        job = FaultyRun.start(trainer, directory.resolve("cluster"), 2, 0);
        view = ControlView.open(kafka.bootstrapServers(), topics);
        stream = ControlStream.start(kafka.bootstrapServers(), topics.samples(), partitions);
    }

    /** Applies specifications, and starts the job and the stream. */
    static ControlRun start(EmbeddedKafka kafka, String prefix, Path directory, String... yamls) throws Exception {
        return start(kafka, prefix, 1, directory, yamls);
    }

    /** @param partitions which receive the samples in turn */
    static ControlRun start(EmbeddedKafka kafka, String prefix, int partitions, Path directory, String... yamls)
            throws Exception {
        return new ControlRun(kafka, Topics.of(prefix), partitions, directory, yamls);
    }

    /** Returns all records of the rounds topic. */
    List<ConsumerRecord<byte[], byte[]>> rounds() throws Exception {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (TopicReader reader = TopicReader.open(KafkaOptions.of(kafka.bootstrapServers()), topics.rounds())) {
            reader.readToEnd(records::add);
        }
        return records;
    }

    ControlView view() {
        return view;
    }

    Learner learner(String specHash) {
        return learners.get(specHash);
    }

    /** Stops the stream; returns the number of samples sent. */
    long stopStream() throws InterruptedException {
        return stream.stop();
    }

    Run apply(String... yamls) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("apply"));
        for (String yaml : yamls) {
            arguments.addAll(List.of("-f", file(yaml)));
        }
        return runApply(arguments);
    }

    Run apply(String yaml, List<String> options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("apply", "-f", file(yaml)));
        arguments.addAll(options);
        return runApply(arguments);
    }

    /** Runs {@code apply}, and creates a learner for each specification on the models topic. */
    private Run runApply(List<String> arguments) throws Exception {
        Run run = done(arguments.toArray(String[]::new));
        SpecTopic topic = specs();
        for (ModelSpec spec : topic.specs()) {
            WarmStartReference warmStart = spec.stream().warmStart();
            List<byte[]> parts = new ArrayList<>();
            for (SpecChange.WarmStartPart part : topic.parts()) {
                if (part.name().equals(spec.name())) {
                    parts.add(part.part());
                }
            }
            WarmStart start = warmStart == null ? null : WarmStartCodec.join(parts, warmStart.checksum());
            List<ModelSpec> earlier =
                    learners.values().stream().map(Learner::spec).toList();
            learners.put(spec.hash(), new Learner(spec, start, earlier));
        }
        return run;
    }

    private SpecTopic specs() {
        return SpecTopic.read(KafkaCluster.at(kafka.bootstrapServers()), topics.models(), false);
    }

    /** Writes specifications to the topic directly, without the command's checks. */
    void write(ModelSpec... specs) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (ModelSpec spec : specs) {
                KeyedBytes record = new ModelSpecCodec().write(spec, 0);
                producer.send(new ProducerRecord<>(topics.models(), record.key(), record.value()))
                        .get();
            }
        }
    }

    String file(String yaml) throws Exception {
        return Files.writeString(Files.createTempFile(directory, "spec", ".yaml"), yaml)
                .toString();
    }

    Run done(String... arguments) {
        return run(arguments).done();
    }

    Run run(String... arguments) {
        return Run.at(kafka.bootstrapServers(), topics.prefix(), arguments);
    }

    @Override
    public void close() throws Exception {
        stream.stop();
        view.close();
        job.close();
    }
}

package io.freshet.benchmarks.replicas;

import io.freshet.cli.embedded.EmbeddedKafka;
import io.freshet.cli.embedded.LocalCluster;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicPlan;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.format.RecordFormat;
import io.freshet.schemas.sample.SampleHeader;
import io.freshet.schemas.sample.SampleWriter;
import io.freshet.schemas.topic.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints how many rounds per second a job's replicas complete, if a round has one batch for each of them. */
@Command(
        name = "rounds-benchmark",
        description = "Prints how many rounds per second replicas complete over the rounds topic.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class RoundsBenchmark implements Callable<Integer> {
    private static final int INPUTS = 784;
    private static final int OUTPUTS = 10;
    private static final int WARM_UP = 20;

    @Option(names = "--parameters", description = "About as many parameters of a network.")
    private int parameters = 1 << 18;

    @Option(names = "--replicas", description = "Number of replicas, partitions, and subtasks.")
    private int replicas = 2;

    @Option(names = "--staleness", description = "Rounds that replicas may be ahead.")
    private int staleness = 0;

    @Option(names = "--rounds", description = "Rounds, of which the first " + WARM_UP + " are not counted.")
    private int rounds = 200;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new RoundsBenchmark()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        int hidden = Math.max(1, (parameters - OUTPUTS) / (INPUTS + 1 + OUTPUTS));
        ModelSpec spec = ModelSpec.parse("""
                {name: rounds, label: y, outputs: %d, loss: sparse-categorical-cross-entropy, optimizer: {type: adam},
                 features: {dense: {field: x, length: %d}}, model: {type: mlp, hidden: [%d]},
                 publish: {everySamples: 1000000000},
                 replicas: {count: %d, period: 1, staleness: %d}}
                """.formatted(OUTPUTS, INPUTS, hidden, replicas, staleness));
        Topics topics = Topics.of("rounds");
        Path directory = Files.createTempDirectory("rounds");
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary();
                LocalCluster cluster = LocalCluster.start(directory, replicas)) {
            KafkaOptions options = KafkaOptions.of(kafka.bootstrapServers());
            create(options, topics);
            send(options, topics);
            KafkaTrainer trainer = new KafkaTrainer(
                    KafkaCluster.at(kafka.bootstrapServers()),
                    topics,
                    OffsetsInitializer.earliest(),
                    true,
                    new SpecTopic(List.of(spec), 0),
                    RecordFormat.avro());
            cluster.await(cluster.submit(trainer.sources(), trainer.sinks(), Duration.ofMinutes(10)));
            System.out.println(spec.parameterTable());
            System.out.println(RoundsLogTimes.read(options, topics.rounds()).summary(WARM_UP));
        }
        return 0;
    }

    private void create(KafkaOptions options, Topics topics) throws Exception {
        try (Admin admin = options.connect()) {
            admin.createTopics(TopicPlan.of(topics, replicas).stream()
                            .map(plan -> new NewTopic(plan.name(), plan.partitions(), (short) 1))
                            .toList())
                    .all()
                    .get();
        }
    }

    private void send(KafkaOptions options, Topics topics) throws Exception {
        SampleWriter writer = new SampleWriter();
        SplittableRandom random = new SplittableRandom(1);
        try (Producer<byte[], byte[]> producer = options.producer(Map.of())) {
            for (int i = 0; i < rounds * replicas; i++) {
                float[] x = new float[INPUTS];
                for (int j = 0; j < INPUTS; j++) {
                    x[j] = (float) random.nextDouble();
                }
                byte[] value = writer.write(
                        new SampleHeader("", "", 0, 0),
                        Map.of("y", (double) random.nextInt(OUTPUTS)),
                        Map.of(),
                        Map.of("x", x));
                producer.send(new ProducerRecord<>(topics.samples(), i % replicas, null, value));
            }
        }
    }
}

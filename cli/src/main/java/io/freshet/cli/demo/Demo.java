package io.freshet.cli.demo;

import io.freshet.cli.embedded.LocalCluster;
import io.freshet.cli.embedded.LocalStack;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.train.ProgressTable;
import io.freshet.job.options.StateSettings;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.RecordedFormat;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.job.topology.TrainerTopology;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.evaluation.LatestEvaluations;
import io.freshet.schemas.format.RecordFormat;
import io.freshet.schemas.history.TopicFormat;
import io.freshet.schemas.spec.ModelSpecCodec;
import io.freshet.schemas.topic.Topics;
import io.freshet.server.ModelServer;
import io.freshet.server.ServerOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.JobID;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Runs a broker, a job, a stream of samples, and a server; prints queries to try and the models' progressive metrics.
 */
final class Demo {
    private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(5);
    private static final Duration TABLE_INTERVAL = Duration.ofSeconds(5);

    private final int port;
    private final int rate;
    private final int replicas;
    private final boolean browser;
    private final StateSettings state;
    private final PrintWriter out;
    private final long start = System.nanoTime();

    /** @param replicas of the model without a key; 0 for one learner */
    Demo(int port, int rate, int replicas, boolean browser, StateSettings state, PrintWriter out) {
        this.port = port;
        this.rate = rate;
        this.replicas = replicas;
        this.browser = browser;
        this.state = state;
        this.out = out;
    }

    /**
     * Runs the demo.
     *
     * @param duration time from the start of the demo; null to run until the JVM exits
     */
    void run(@Nullable Duration duration) throws Exception {
        print("starting Kafka, Flink, and the model server in this process ...");
        List<ModelSpec> specs = List.of(delays(replicas), Examples.spec("delays-by-origin.yaml"));
        int partitions = Math.max(1, replicas);
        int parallelism = Math.min(partitions, Runtime.getRuntime().availableProcessors());
        try (LocalStack stack = LocalStack.startWithPage(parallelism, state, partitions)) {
            KafkaOptions kafka = stack.kafkaOptions();
            try (Producer<byte[], byte[]> producer = kafka.producer(Map.of())) {
                apply(specs, producer, stack.topics().models());
                CompletableFuture<JobResult> job = stack.cluster().result(submit(stack, state));
                ServerOptions options = ServerOptions.of(stack.bootstrapServers())
                        .withAddress(ServerOptions.DEFAULT_HOST, port)
                        .withWriting(new ServerOptions.Writing(stack.topics().samples(), null))
                        .withFlinkUrl(stack.cluster().webAddress().toString());
                Path file = stack.directory().resolve("flights.csv.gz");
                try (InputStream flights = Examples.open("flights.csv.gz");
                        ModelServer server = ModelServer.start(options)) {
                    Files.copy(flights, file);
                    ExampleStream stream =
                            new ExampleStream(file, specs, stack.topics().samples(), partitions, rate);
                    Thread feeder = feeder(stream, producer, server);
                    feeder.start();
                    try {
                        greet(stack.cluster().webAddress(), stack.bootstrapServers(), job);
                        watch(new ProgressTable(out, specs), server.latestEvaluations(), feeder, job, duration);
                    } finally {
                        feeder.interrupt();
                        feeder.join();
                    }
                }
            }
        }
        print("stopped; all files deleted");
    }

    /** Returns the model without a key. A round of its replicas has as many samples as a window. */
    static ModelSpec delays(int replicas) throws IOException {
        ModelSpec alone = Examples.spec("delays.yaml");
        if (replicas == 0) {
            return alone;
        }
        int period = Math.max(1, alone.window() / replicas);
        return ModelSpec.parse(
                Examples.yaml("delays.yaml") + "\nreplicas: {count: " + replicas + ", period: " + period + "}\n");
    }

    static void apply(List<ModelSpec> specs, Producer<byte[], byte[]> producer, String topic) throws Exception {
        ModelSpecCodec codec = new ModelSpecCodec();
        for (ModelSpec spec : specs) {
            KeyedBytes record = codec.write(spec, System.currentTimeMillis());
            producer.send(new ProducerRecord<>(topic, record.key(), record.value()))
                    .get();
        }
    }

    static JobID submit(LocalStack stack, StateSettings state) throws Exception {
        KafkaCluster kafka = KafkaCluster.at(stack.bootstrapServers());
        Topics topics = stack.topics();
        SpecTopic specs = SpecTopic.read(kafka, topics.models(), false);
        RecordedFormat.write(kafka, topics, TopicFormat.avro(topics.samples()), Instant.now());
        KafkaTrainer trainer =
                new KafkaTrainer(kafka, topics, OffsetsInitializer.earliest(), false, specs, RecordFormat.avro());
        return stack.cluster()
                .submit(
                        env -> {
                            LocalCluster.limitRestarts(env, LocalCluster.RESTARTS);
                            TrainerTopology.build(
                                    env, trainer.sources().withResources(state.learners()), trainer.sinks());
                        },
                        CHECKPOINT_INTERVAL);
    }

    private Thread feeder(ExampleStream stream, Producer<byte[], byte[]> producer, ModelServer server) {
        Thread thread = new Thread(
                () -> {
                    try {
                        stream.play(producer, pass -> server.notice(repeated(pass)));
                    } catch (org.apache.kafka.common.errors.InterruptException e) {
                        // Stopped while sending.
                    } catch (Exception e) {
                        out.println("freshet: the stream of flights failed: " + e.getMessage());
                        out.flush();
                    }
                },
                "freshet-flights");
        thread.setDaemon(true);
        return thread;
    }

    private static String repeated(int pass) {
        return "The demo is past the end of its file and sends it again (pass " + pass
                + "): the models have learned these flights before.";
    }

    /** Waits for the first prediction, prints it and queries to try, and opens the page. */
    private void greet(URI flink, String kafka, CompletableFuture<JobResult> job) throws Exception {
        String server = "http://" + ServerOptions.DEFAULT_HOST + ":" + port;
        DemoQueries queries = new DemoQueries(server);
        String prediction = queries.firstPrediction(job);
        double seconds = (System.nanoTime() - start) / 1e9;
        print(String.format(Locale.ROOT, "first prediction after %.1f s: %s", seconds, prediction.strip()));
        out.print(queries.guide(flink, kafka));
        out.flush();
        if (browser) {
            Browser.open(URI.create(server + "/"));
        }
    }

    /** Prints a line for each model every few seconds, until the stream or the duration ends, or the job fails. */
    private void watch(
            ProgressTable table,
            LatestEvaluations scoreboard,
            Thread feeder,
            CompletableFuture<JobResult> job,
            @Nullable Duration duration)
            throws Exception {
        long end = duration == null ? Long.MAX_VALUE : start + duration.toNanos();
        while (feeder.isAlive() && System.nanoTime() < end) {
            LocalCluster.requireNoFailure(job);
            long wait = Math.min(TABLE_INTERVAL.toNanos(), end - System.nanoTime());
            feeder.join(Duration.ofNanos(Math.max(1_000_000, wait)).toMillis());
            for (String model : scoreboard.models()) {
                Tally total = scoreboard.total(model);
                if (total != null) {
                    table.addLine(model, total);
                }
            }
        }
    }

    private void print(String line) {
        out.println(line);
        out.flush();
    }
}

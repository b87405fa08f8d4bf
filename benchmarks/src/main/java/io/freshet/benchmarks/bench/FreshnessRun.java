package io.freshet.benchmarks.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.benchmarks.workload.Workload;
import io.freshet.cli.console.CommandException;
import io.freshet.cli.dev.LocalCluster;
import io.freshet.cli.feed.RateLimiter;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.job.topology.TrainerTopology;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.Plural;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.sample.RowEncoder;
import io.freshet.server.ModelServer;
import io.freshet.server.ServerOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Measures freshness: produces samples at a steady rate, and asks the model server for predictions all the time.
 *
 * <p>The topic has one partition, so samples are learned in the order in which they are produced, and a prediction by version V,
 * which is the number of samples learned, contains the first V. A sample's time ends when the first such answer has arrived.
 *
 * @param seconds measured, after as many to warm up
 */
record FreshnessRun(BenchStack stack, int seconds) {
    private static final int SAMPLES_PER_SECOND = 10_000;
    /** Of times, that are exact. */
    private static final int DIGITS = 3;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long POLL_NANOS = 500_000;
    /** After the last sample is produced. */
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private static final String REQUEST = """
            {"inputs":[\
            {"name":"minute_of_day","shape":[1],"datatype":"FP64","data":[480]},\
            {"name":"day_of_week","shape":[1],"datatype":"FP64","data":[1]},\
            {"name":"distance_miles","shape":[1],"datatype":"FP64","data":[733]},\
            {"name":"origin","shape":[1],"datatype":"BYTES","data":["ORD"]},\
            {"name":"destination","shape":[1],"datatype":"BYTES","data":["LGA"]}]}\
            """;

    Freshness.Result run(Freshness setting) throws Exception {
        Topics topics = Topics.of("bench-freshness");
        stack.createTopics(topics, 1);
        try {
            KafkaTrainer trainer = stack.trainer(topics, false, setting.spec(), RecordFormat.avro());
            JobID job = stack.submit(
                    env -> TrainerTopology.build(env, trainer.sources(), trainer.sinks()),
                    setting.checkpointInterval());
            try (ModelServer server = ModelServer.start(ServerOptions.of(stack.bootstrapServers())
                    .withPrefix(topics.prefix())
                    .withAddress(ServerOptions.DEFAULT_HOST, 0))) {
                CompletableFuture<JobResult> result = stack.cluster().result(job);
                return setting.result(
                        SAMPLES_PER_SECOND, measure(setting.spec(), topics.samples(), server.port(), result));
            } finally {
                stack.cluster().cancel(job);
            }
        } finally {
            stack.deleteTopics(topics);
        }
    }

    /**
     * Returns the time of each measured sample, in nanoseconds.
     *
     * @param result of the job, whose failure ends the measurement
     */
    private Histogram measure(ModelSpec spec, String topic, int port, CompletableFuture<JobResult> result)
            throws Exception {
        AtomicLongArray producedAt = new AtomicLongArray(2 * seconds * SAMPLES_PER_SECOND);
        CompletableFuture<Void> production = CompletableFuture.runAsync(() -> {
            try {
                produce(spec, topic, producedAt);
            } catch (IOException | CommandException e) {
                throw new CompletionException(e);
            }
        });
        int warmUp = seconds * SAMPLES_PER_SECOND;
        Histogram nanos = new Histogram(DIGITS);
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create(
                        "http://" + ServerOptions.DEFAULT_HOST + ":" + port + "/v2/models/" + spec.name() + "/infer"))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(REQUEST))
                .build();
        int contained = 0;
        long end = Long.MAX_VALUE;
        while (contained < producedAt.length()) {
            LocalCluster.requireNoFailure(result);
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            long now = System.nanoTime();
            // Until the first snapshot, the model is unknown.
            int version = response.statusCode() == 200
                    ? JSON.readTree(response.body()).get("model_version").asInt()
                    : 0;
            for (; contained < version; contained++) {
                if (contained >= warmUp) {
                    nanos.recordValue(now - producedAt.getAcquire(contained));
                }
            }
            if (production.isDone() && end == Long.MAX_VALUE) {
                production.join();
                end = now + TIMEOUT.toNanos();
            }
            if (now > end) {
                throw new CommandException("the server's parameters contain " + Plural.of(contained, "sample") + " "
                        + TIMEOUT.toSeconds() + " s after the last one (expected: " + producedAt.length() + ")");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return nanos;
    }

    /** Sends each sample without delay, when it is due. */
    private void produce(ModelSpec spec, String topic, AtomicLongArray producedAt)
            throws IOException, CommandException {
        RowLayout layout = RowLayout.of(List.of(spec));
        Workload.Generator generator = Workload.FLIGHTS.generator(layout);
        RowEncoder encoder = new RowEncoder(layout);
        Row row = new Row(layout);
        try (KafkaProducer<byte[], byte[]> producer = stack.kafkaOptions().producer(Map.of("linger.ms", "0"))) {
            RateLimiter limiter = new RateLimiter(SAMPLES_PER_SECOND, System::nanoTime);
            for (int i = 0; i < producedAt.length(); i++) {
                generator.next(row);
                byte[] sample = encoder.encode(row, "");
                limiter.await(i);
                producedAt.setRelease(i, System.nanoTime());
                producer.send(new ProducerRecord<>(topic, sample));
            }
        }
    }
}

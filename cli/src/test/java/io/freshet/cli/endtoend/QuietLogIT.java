package io.freshet.cli.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.cli.dev.LocalCluster;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicAdmin;
import io.freshet.cli.kafka.TopicPlan;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFields;
import io.freshet.schemas.sample.RecordFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.api.common.JobID;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Catches a job or a broker that fills the log of a healthy run. */
@Timeout(120)
class QuietLogIT {
    private static final int POLLS = 3;

    private final LoggerContext logging = (LoggerContext) LogManager.getContext(false);
    private final Recorder recorder = new Recorder();

    @TempDir
    Path directory;

    /** Records warnings and errors. */
    private static final class Recorder extends AbstractAppender {
        private final Queue<String> lines = new ConcurrentLinkedQueue<>();

        Recorder() {
            super("recorder", null, null, true, Property.EMPTY_ARRAY);
        }

        @Override
        public void append(LogEvent event) {
            lines.add(event.getLevel() + " " + event.getLoggerName() + " "
                    + event.getMessage().getFormattedMessage());
        }
    }

    @BeforeEach
    void record() {
        recorder.start();
        logging.getConfiguration().getRootLogger().addAppender(recorder, Level.WARN, null);
        for (String logger : List.of("kafka", "org.apache.kafka", "org.apache.flink", "state.change.logger")) {
            Configurator.setLevel(logger, Level.WARN);
        }
    }

    @AfterEach
    void restore() {
        logging.reconfigure();
    }

    @Test
    void a_live_job_reads_end_offsets_without_warnings() throws Exception {
        Topics topics = Topics.of("quiet");
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary();
                LocalCluster cluster = LocalCluster.start(directory, 1)) {
            try (TopicAdmin admin = new TopicAdmin(KafkaOptions.of(kafka.bootstrapServers()))) {
                for (TopicPlan plan : TopicPlan.of(topics, 1)) {
                    admin.create(plan, 1);
                }
            }
            ModelSpec spec = ModelSpec.parse("{name: m, label: y, features: {numeric: [x]}, loss: mean-squared-error}");
            KafkaTrainer trainer = new KafkaTrainer(
                    KafkaCluster.at(kafka.bootstrapServers()),
                    topics,
                    OffsetsInitializer.earliest(),
                    false,
                    new SpecTopic(List.of(spec), 0),
                    new RecordFormat.Json(RecordFields.NONE));
            JobID job = cluster.submit(trainer.sources(), trainer.sinks(), Duration.ofMillis(500));
            send(kafka, topics);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> cluster.checkpoints(job).getCounts().getNumberOfCompletedCheckpoints() >= 2 * POLLS);
        }
        assertThat(recorder.lines).noneMatch(line -> line.contains("last stable offset"));
    }

    @Test
    void a_broker_starts_and_stops_without_errors() {
        EmbeddedKafka.startTemporary().close();
        assertThat(recorder.lines).noneMatch(line -> line.startsWith("ERROR"));
    }

    private static void send(EmbeddedKafka kafka, Topics topics) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < 10; i++) {
                producer.send(new ProducerRecord<>(topics.samples(), ("{\"x\": " + i + ", \"y\": 1}").getBytes(UTF_8)));
            }
        }
    }
}

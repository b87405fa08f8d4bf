package io.freshet.job;

import io.freshet.job.publish.Export;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.RecordedFormat;
import io.freshet.job.source.RegistryClient;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.JobOptions;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.job.topology.LibraryCheck;
import io.freshet.job.topology.RetainedCheckpoints;
import io.freshet.job.topology.RightsCheck;
import io.freshet.job.topology.StateSettings;
import io.freshet.job.topology.TrainerEnvironment;
import io.freshet.job.topology.TrainerTopology;
import io.freshet.schemas.kafka.FreshetVersion;
import io.freshet.schemas.kafka.KafkaFailure;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFormat;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The main class of the Flink job, for {@code flink run} and application clusters. */
@Command(
        name = "freshet-job",
        description = "Trains models on a Kafka topic and publishes their parameters.",
        mixinStandardHelpOptions = true,
        versionProvider = FreshetJob.Version.class,
        sortOptions = false)
public final class FreshetJob implements Callable<Integer> {
    @Mixin
    private JobOptions options = new JobOptions();

    private final InstantSource clock;

    FreshetJob(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Runs the job. On a cluster, returns once the job is submitted.
     *
     * @throws IllegalArgumentException if the arguments are invalid; details go to stderr
     * @throws Exception thrown by Flink or Kafka, unwrapped: clusters distinguish failed from canceled jobs by its type
     */
    public static void main(String[] arguments) throws Exception {
        JobMain.run(new FreshetJob(InstantSource.system()), arguments);
    }

    @Override
    public Integer call() throws Exception {
        options.check(clock.instant());
        ClassLoader loader = FreshetJob.class.getClassLoader();
        LibraryCheck.require(EnvironmentInformation.getVersion(), loader);
        Topics topics = options.topics();
        Duration interval = options.checkpointInterval();
        OffsetsInitializer offsets = options.startingOffsets(clock.instant());
        RecordFormat records = options.format(RegistryClient::waiting);
        Export export = options.export(RegistryClient::waiting);
        StateSettings models = options.state();
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(models.flink());
        TrainerEnvironment.configure(env, interval);
        String resume = options.resume();
        if (resume != null) {
            TrainerEnvironment.resume(env, new RetainedCheckpoints(new Path(resume)));
        }
        KafkaCluster cluster = new KafkaCluster(options.bootstrapServers(), options.kafka());
        try {
            SpecTopic specs = SpecTopic.read(cluster, topics.models(), options.bounded());
            RightsCheck.require(cluster, topics);
            LibraryCheck.warn(loader, specs.specs());
            RecordedFormat.write(cluster, topics, options.recordedFormat(), clock.instant());
            KafkaTrainer trainer = new KafkaTrainer(cluster, topics, offsets, options.bounded(), specs, records);
            TrainerTopology.build(
                    env,
                    trainer.sources().withResources(models.learners()),
                    export == null ? trainer.sinks() : trainer.sinks(export));
        } catch (KafkaException e) {
            throw new KafkaException(
                    "Kafka at " + cluster.bootstrapServers() + ": " + KafkaFailure.describe(e, cluster.settings()), e);
        }
        env.execute("freshet " + topics.samples());
        return 0;
    }

    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"freshet-job " + FreshetVersion.VERSION};
        }
    }
}

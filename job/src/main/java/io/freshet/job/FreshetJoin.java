package io.freshet.job;

import io.freshet.job.join.JoinTopics;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.RecordedFormat;
import io.freshet.job.source.RegistryClient;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.JoinOptions;
import io.freshet.job.topology.JoinRights;
import io.freshet.job.topology.JoinSources;
import io.freshet.job.topology.JoinTopology;
import io.freshet.job.topology.KafkaJoin;
import io.freshet.job.topology.LibraryCheck;
import io.freshet.job.topology.RetainedCheckpoints;
import io.freshet.job.topology.RightsCheck;
import io.freshet.job.topology.TrainerEnvironment;
import io.freshet.schemas.kafka.KafkaFailure;
import io.freshet.schemas.kafka.Topics;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The main class of the Flink job that joins requests with their outcomes. */
@Command(
        name = "freshet-join",
        description = "Joins requests with their outcomes, and writes samples to learn from.",
        mixinStandardHelpOptions = true,
        versionProvider = FreshetJob.Version.class,
        sortOptions = false)
public final class FreshetJoin implements Callable<Integer> {
    @Mixin
    private JoinOptions options = new JoinOptions();

    private final InstantSource clock;

    FreshetJoin(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Runs the join. On a cluster, returns once the job is submitted.
     *
     * @throws IllegalArgumentException if the arguments are invalid; details go to stderr
     * @throws Exception thrown by Flink or Kafka, unwrapped: clusters distinguish failed from canceled jobs by its type
     */
    public static void main(String[] arguments) throws Exception {
        JobMain.run(new FreshetJoin(InstantSource.system()), arguments);
    }

    @Override
    public Integer call() throws Exception {
        options.check(clock.instant());
        LibraryCheck.require(EnvironmentInformation.getVersion(), FreshetJoin.class.getClassLoader());
        Topics topics = options.topics();
        JoinTopics read = options.read();
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(options.state());
        TrainerEnvironment.configure(env, options.checkpointInterval());
        String resume = options.resume();
        boolean continues = resume != null && TrainerEnvironment.resume(env, new RetainedCheckpoints(new Path(resume)));
        KafkaCluster cluster = new KafkaCluster(options.bootstrapServers(), options.kafka());
        try {
            SpecTopic specs = SpecTopic.read(cluster, topics.models(), false);
            String name = topics.prefix() + KafkaJoin.NAME;
            String group = cluster.settings().getOrDefault(CommonClientConfigs.GROUP_ID_CONFIG, name);
            RightsCheck.require(cluster, JoinRights.of(topics, read, name, group));
            if (!continues) {
                // One that continues has written samples before, and its open transaction holds their readers back.
                RecordedFormat.requireAvro(cluster, topics, clock);
            }
            KafkaJoin join = new KafkaJoin(cluster, topics, read, options.startingOffsets(clock.instant()), specs);
            JoinSources sources = join.sources(options.format(RegistryClient::waiting), options.timing());
            JoinTopology.build(env, sources, join.sinks());
        } catch (KafkaException e) {
            throw new KafkaException(
                    "Kafka at " + cluster.bootstrapServers() + ": " + KafkaFailure.describe(e, cluster.settings()), e);
        }
        env.execute("freshet join " + topics.samples());
        return 0;
    }
}

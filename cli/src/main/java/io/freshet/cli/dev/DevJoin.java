package io.freshet.cli.dev;

import io.freshet.cli.embedded.LocalStack;
import io.freshet.job.join.JoinTopics;
import io.freshet.job.join.decode.JoinTiming;
import io.freshet.job.join.decode.RequestFormat;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.JoinSinks;
import io.freshet.job.topology.JoinSources;
import io.freshet.job.topology.JoinTopology;
import io.freshet.job.topology.KafkaJoin;
import io.freshet.schemas.topic.Topics;
import org.apache.flink.api.common.JobID;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;

/** Starts the join of a stack: the answers of its server, with outcomes, to its samples topic. */
final class DevJoin {
    private DevJoin() {}

    static JobID start(LocalStack stack) throws Exception {
        KafkaCluster kafka = KafkaCluster.at(stack.bootstrapServers());
        Topics topics = stack.topics();
        SpecTopic specs = SpecTopic.read(kafka, topics.models(), false);
        KafkaJoin join = new KafkaJoin(kafka, topics, JoinTopics.of(topics), OffsetsInitializer.earliest(), specs);
        JoinSources sources = join.sources(new RequestFormat.Answers(), JoinTiming.DEFAULT);
        JoinSinks sinks = join.sinks();
        return StackJob.JOIN.submit(stack, env -> JoinTopology.build(env, sources, sinks));
    }
}

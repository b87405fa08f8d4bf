package io.freshet.job.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestLines;
import io.freshet.job.TestOracle;
import io.freshet.job.TestStream;
import io.freshet.job.learn.LearnerResources;
import io.freshet.job.record.SpecChange;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.specs.SpecChangeLog;
import io.freshet.job.specs.SpecRegistry;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch operators whose state is lost from a savepoint, types serialized by Kryo, and disconnected edges. */
class TrainerTopologyIT {
    private static final int SAMPLES = 500;
    private static final ModelSpec WHOLE = TestStream.whole(4);
    private static final ModelSpec KEYED = TestStream.keyed();

    @Test
    void every_operator_has_a_unique_uid() {
        Set<String> uids = new HashSet<>();
        for (StreamNode node : kafkaGraph().getStreamNodes()) {
            assertThat(node.getTransformationUID()).as(node.getOperatorName()).isNotNull();
            assertThat(uids.add(node.getTransformationUID()))
                    .as(node.getTransformationUID())
                    .isTrue();
        }
        // Stored in savepoints: never change or remove one.
        assertThat(uids)
                .containsExactlyInAnyOrder(
                        "source-specifications",
                        "source-samples",
                        "decode",
                        "learn",
                        "sink-parameters",
                        "sink-committed-parameters",
                        "sink-history",
                        "sink-metrics",
                        "sink-dead-letters",
                        "Sink Committer: sink-parameters",
                        "Sink Committer: sink-committed-parameters",
                        "Sink Committer: sink-history",
                        "Sink Committer: sink-metrics",
                        "Sink Committer: sink-dead-letters");
    }

    @Test
    void the_number_of_key_groups_is_that_of_every_savepoint() {
        assertThat(TrainerEnvironment.MAXIMUM_PARALLELISM).isEqualTo(128);
        Configuration other = new Configuration();
        other.set(PipelineOptions.MAX_PARALLELISM, 4096);
        StreamGraph graph = kafkaGraph(other);
        assertThat(graph.getExecutionConfig().getMaxParallelism()).isEqualTo(128);
        assertThat(graph.getStreamNodes())
                .filteredOn(node -> "learn".equals(node.getTransformationUID()))
                .singleElement()
                .satisfies(node -> assertThat(node.getMaxParallelism()).isEqualTo(128));
    }

    @Test
    void no_type_is_serialized_by_kryo() {
        StreamGraph graph = kafkaGraph();
        assertThat(graph.getExecutionConfig().getSerializerConfig().hasGenericTypesDisabled())
                .isTrue();
        for (StreamNode node : graph.getStreamNodes()) {
            List<TypeSerializer<?>> serializers = new ArrayList<>(List.of(node.getTypeSerializersIn()));
            if (node.getTypeSerializerOut() != null) {
                serializers.add(node.getTypeSerializerOut());
            }
            assertThat(serializers)
                    .as(node.getOperatorName())
                    .noneMatch(serializer -> serializer instanceof KryoSerializer);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void learns_the_same_as_a_plain_loop_and_rejects_malformed_records(int parallelism) throws Exception {
        Run run = Run.of(parallelism, new SpecRegistry(List.of(WHOLE, KEYED)), SpecChangeLog.empty());

        List<String> expected = new ArrayList<>(TestOracle.lines(WHOLE, 0, SAMPLES));
        expected.addAll(TestOracle.lines(KEYED, 0, SAMPLES));
        assertThat(run.lastSnapshots()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(TestLines.evaluations(run.metrics().written()))
                .filteredOn(line -> line.contains(" last "))
                .hasSize(expected.size());
        assertThat(run.deadLetters().written()).singleElement().satisfies(letter -> {
            assertThat(letter.value()).containsExactly(1, 2, 3);
            assertThat(TestLines.headers(letter)).containsEntry("__connect.errors.offset", "" + SAMPLES);
        });
    }

    @Test
    void a_model_applied_while_the_job_runs_is_trained_and_published() throws Exception {
        SpecChangeLog changes = SpecChangeLog.of(List.of(SpecChange.applied(TestStream.keyed())));
        Run run = Run.of(2, new SpecRegistry(List.of(WHOLE)), changes);

        assertThat(run.lastSnapshots()).containsAll(TestOracle.lines(WHOLE, 0, SAMPLES));
        // The number of samples before the specification is unknown; all later ones are learned.
        assertThat(run.lastSnapshots()).allMatch(line -> line.startsWith("whole/") || line.startsWith("keyed/"));
    }

    /** Would catch a removal that a model's samples overtake, also when they come from another task. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void a_model_that_the_log_deletes_learns_nothing(int parallelism) throws Exception {
        SpecChangeLog changes = SpecChangeLog.of(List.of(SpecChange.deleted(KEYED.name())));
        Run run = Run.of(parallelism, new SpecRegistry(List.of(WHOLE, KEYED)), changes);

        assertThat(run.lastSnapshots()).containsExactlyElementsOf(TestOracle.lines(WHOLE, 0, SAMPLES));
        assertThat(run.deadLetters().written()).hasSize(1);
    }

    /** A run of the whole graph to the end of its input: SAMPLES samples and a malformed record. */
    private record Run(TestSink parameters, TestSink metrics, TestSink deadLetters) {
        static Run of(int parallelism, SpecRegistry registry, SpecChangeLog changes) throws Exception {
            Run run = new Run(new TestSink(), new TestSink(), new TestSink());
            StreamExecutionEnvironment env =
                    StreamExecutionEnvironment.createLocalEnvironment(parallelism, new Configuration());
            TrainerEnvironment.configure(env, Duration.ofMillis(50));
            TrainerSources sources = new TrainerSources(
                    new TrainerSources.Samples(
                            "samples",
                            null,
                            1,
                            RecordFormat.avro(),
                            new TestSource<>(
                                    SAMPLES + 1,
                                    offset -> TestStream.record(
                                            offset,
                                            offset < SAMPLES ? TestStream.value(offset) : new byte[] {1, 2, 3})),
                            null),
                    new TrainerSources.Specs("models", registry, changes),
                    LearnerResources.DEFAULT);
            TrainerTopology.build(
                    env,
                    sources,
                    new TrainerSinks(run.parameters, new TestSink(), new TestSink(), run.metrics, run.deadLetters));
            env.execute();
            return run;
        }

        /** Returns a line for the last snapshot of each key. */
        List<String> lastSnapshots() {
            Map<String, String> last = new TreeMap<>();
            for (String line : TestLines.snapshots(parameters.written())) {
                last.put(line.substring(0, line.indexOf(' ')), line.substring(0, line.indexOf(" Metrics")));
            }
            return List.copyOf(last.values());
        }
    }

    private static StreamGraph kafkaGraph() {
        return kafkaGraph(new Configuration());
    }

    private static StreamGraph kafkaGraph(Configuration configuration) {
        KafkaTrainer trainer = new KafkaTrainer(
                KafkaCluster.at("localhost:1"),
                Topics.of("freshet"),
                OffsetsInitializer.earliest(),
                true,
                new SpecTopic(List.of(WHOLE), 0),
                RecordFormat.avro());
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
        TrainerEnvironment.configure(env, Duration.ofSeconds(1));
        TrainerTopology.build(env, trainer.sources(1, null), trainer.sinks());
        return env.getStreamGraph();
    }
}

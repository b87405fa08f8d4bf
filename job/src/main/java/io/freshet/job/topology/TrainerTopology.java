package io.freshet.job.topology;

import io.freshet.job.decode.DecodeFunction;
import io.freshet.job.decode.SpecRegistry;
import io.freshet.job.learn.LearnOperator;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.KeyedSampleSerializer;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.record.SourceRecordSerializer;
import io.freshet.job.record.SpecChange;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The job graph.
 *
 * <pre>
 *   samples ─► decode ─► keyBy(model key) ──► learn ─► parameters, committed parameters
 *                │  ▲                        │ ▲  └─► history, metrics
 *   specs ───────┼──┴── broadcast ───────────┼─┘
 *                └────────► dead letters ◄───┘
 * </pre>
 *
 * Flink's event time is not used: a sample's event time is a field, and no Flink watermark matters except the end of a bounded
 * input. Every operator has a uid, which maps its state in a savepoint.
 */
public final class TrainerTopology {
    private TrainerTopology() {}

    /** Adds the trainer to an environment that {@link TrainerEnvironment#configure} has configured. */
    public static void build(StreamExecutionEnvironment env, TrainerSources sources, TrainerSinks sinks) {
        DataStream<SpecChange> specs = env.fromSource(
                        sources.specs().changes(),
                        WatermarkStrategy.noWatermarks(),
                        "specifications",
                        TypeInformation.of(SpecChange.class))
                .setParallelism(1)
                .uid("source-specifications");

        DataStream<SourceRecord> samples = env.fromSource(
                        sources.samples().source(),
                        WatermarkStrategy.noWatermarks(),
                        "samples",
                        SourceRecordSerializer.type())
                .uid("source-samples");

        SingleOutputStreamOperator<KeyedSample> decoded = samples.connect(specs.broadcast(SpecRegistry.STATE))
                .process(
                        new DecodeFunction(
                                sources.samples().topic(),
                                sources.samples().format(),
                                sources.specs().initial()),
                        KeyedSampleSerializer.type())
                .name("decode")
                .uid("decode");

        LearnedStreams learned = LearnedStreams.of(
                decoded.keyBy(KeyedSample::modelKey, Types.STRING),
                specs.broadcast(),
                new LearnOperator(
                        sources.samples().topic(),
                        sources.samples().partitions(),
                        sources.specs().initial(),
                        sources.cacheBytes(),
                        sources.samples().ends()));

        learned.main().sinkTo(sinks.parameters()).name("parameters").uid("sink-parameters");
        learned.side(OutputRecord.COMMITTED)
                .sinkTo(sinks.committed())
                .name("committed parameters")
                .uid("sink-committed-parameters");
        learned.side(OutputRecord.HISTORY)
                .sinkTo(sinks.history())
                .name("history")
                .uid("sink-history");
        learned.side(OutputRecord.EVALUATIONS)
                .sinkTo(sinks.metrics())
                .name("metrics")
                .uid("sink-metrics");
        decoded.getSideOutput(OutputRecord.DEAD_LETTERS)
                .union(learned.side(OutputRecord.DEAD_LETTERS))
                .sinkTo(sinks.deadLetters())
                .name("dead letters")
                .uid("sink-dead-letters");
    }
}

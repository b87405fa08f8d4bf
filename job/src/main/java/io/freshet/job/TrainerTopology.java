package io.freshet.job;

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
 * The whole graph of the job.
 *
 * <pre>
 *   samples ─► decode ─► keyBy(model/key) ─► learn ─► parameters, committed parameters
 *                │  ▲                        │ ▲  └─► history, metrics
 *   specs ───────┼──┴── broadcast ───────────┼─┘
 *                └────────► dead letters ◄───┘
 * </pre>
 *
 * Event time is not used: a sample's time is its own field, and the only watermark that matters is the end of a bounded
 * input. Every operator has a uid, so that a savepoint finds it again.
 */
public final class TrainerTopology {
    private TrainerTopology() {}

    /** Adds the trainer to an environment; call {@link TrainerEnvironment#configure} on it first. */
    public static void build(StreamExecutionEnvironment env, TrainerSources sources, TrainerSinks sinks) {
        DataStream<SpecChange> specs = env.fromSource(
                        sources.specs(),
                        WatermarkStrategy.noWatermarks(),
                        "specifications",
                        TypeInformation.of(SpecChange.class))
                .setParallelism(1)
                .uid("source-specifications");

        DataStream<SourceRecord> samples = env.fromSource(
                        sources.samples(), WatermarkStrategy.noWatermarks(), "samples", SourceRecordSerializer.type())
                .uid("source-samples");

        SingleOutputStreamOperator<KeyedSample> decoded = samples.connect(specs.broadcast(SpecRegistry.STATE))
                .process(
                        new DecodeFunction(sources.topic(), sources.format(), sources.registry()),
                        KeyedSampleSerializer.type())
                .name("decode")
                .uid("decode");

        LearnedStreams learned = LearnedStreams.of(
                decoded.keyBy(KeyedSample::address, Types.STRING),
                specs.broadcast(),
                new LearnOperator(
                        sources.topic(),
                        sources.partitions(),
                        sources.registry(),
                        sources.cacheBytes(),
                        sources.ends()));

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

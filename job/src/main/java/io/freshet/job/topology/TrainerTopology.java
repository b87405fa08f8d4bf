package io.freshet.job.topology;

import io.freshet.job.decode.DecodeFunction;
import io.freshet.job.learn.LearnConnections;
import io.freshet.job.learn.LearnOperator;
import io.freshet.job.observe.EndOffsets;
import io.freshet.job.observe.HeartbeatSink;
import io.freshet.job.observe.Heartbeats;
import io.freshet.job.publish.ExportFunction;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.record.TrainerInput;
import io.freshet.job.record.TrainerInputSerializer;
import io.freshet.job.source.SourceDemand;
import io.freshet.job.specs.SpecChangeOperatorFactory;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * The job graph.
 *
 * <pre>
 *   samples ─► specifications ─► decode ─► by model key ─► learn ─► parameters, committed parameters
 *                    ▲             │                         │ └──► history, metrics, and their exports
 *             changes, from        └──────► dead letters ◄───┤
 *             the coordinator,                               └─◄─► rounds
 *             which also sends heartbeats
 * </pre>
 *
 * The source, the operator that inserts changes of specifications, and the decoder are one task. A job of parallelism 1 has the
 * learner in that task too; otherwise, samples are exchanged by model key, and changes are broadcast.
 *
 * Flink's event time is not used: a sample's event time is a field, and no Flink watermark matters except the end of a bounded
 * input. Every operator has a uid, which maps its state in a savepoint.
 */
public final class TrainerTopology {
    /** The uid of the samples source. */
    private static final String SAMPLES = "source-samples";

    private static final String LEARN = "learn";

    /** The key of a sample. A change has none, so it is never sent by key. */
    private static final KeySelector<TrainerInput, String> KEY = input -> ((KeyedSample) input).modelKey();

    private TrainerTopology() {}

    /** Adds the trainer to an environment that {@link TrainerEnvironment#configure} has configured. */
    public static void build(StreamExecutionEnvironment env, TrainerSources sources, TrainerSinks sinks) {
        // A learner needs no exchange if it is the only one.
        boolean chained = env.getParallelism() == 1;

        SingleOutputStreamOperator<TrainerInput> decoded = env.fromSource(
                        sources.samples().source(), WatermarkStrategy.noWatermarks(), "samples", SourceRecord.TYPE)
                .uid(SAMPLES)
                .transform(
                        "specifications",
                        TrainerInputSerializer.type(),
                        new SpecChangeOperatorFactory(
                                sources.specs().topic(),
                                sources.specs().changes(),
                                heartbeats(
                                        sources.samples().ends(),
                                        sinks.metrics().heartbeats())))
                .uid("source-specifications")
                .process(
                        new DecodeFunction(
                                sources.samples().topic(),
                                sources.samples().topicId(),
                                sources.samples().format(),
                                sources.specs().initial(),
                                chained),
                        TrainerInputSerializer.type())
                .name("decode")
                .uid("decode");

        KeyedOutputs learned = KeyedOutputs.of(
                chained ? decoded : exchanged(decoded),
                KEY,
                LEARN,
                new LearnOperator(
                        sources.samples().topic(),
                        sources.samples().topicId(),
                        sources.samples().partitions(),
                        sources.specs().initial(),
                        sources.resources(),
                        new LearnConnections(
                                sources.samples().ends(),
                                sources.samples().source().getBoundedness() == Boundedness.BOUNDED,
                                SourceDemand.of(SAMPLES, LEARN),
                                sources.rounds())));

        learned.main().sinkTo(sinks.parameters()).name("parameters").uid("sink-parameters");
        learned.side(OutputRecord.COMMITTED)
                .sinkTo(sinks.committed())
                .name("committed parameters")
                .uid("sink-committed-parameters");
        TrainerSinks.Exports exports = sinks.exports();
        exported(learned.side(OutputRecord.HISTORY), "history", exports == null ? null : exports.history())
                .sinkTo(sinks.history())
                .name("history")
                .uid("sink-history");
        exported(learned.side(OutputRecord.EVALUATIONS), "metrics", exports == null ? null : exports.metrics())
                .sinkTo(sinks.metrics().evaluations())
                .name("metrics")
                .uid("sink-metrics");
        decoded.getSideOutput(OutputRecord.DEAD_LETTERS)
                .union(learned.side(OutputRecord.DEAD_LETTERS))
                .sinkTo(sinks.deadLetters())
                .name("dead letters")
                .uid("sink-dead-letters");
    }

    private static Heartbeats.@Nullable Connections heartbeats(
            @Nullable EndOffsets ends, @Nullable HeartbeatSink sink) {
        return ends == null || sink == null ? null : new Heartbeats.Connections(ends, sink);
    }

    /** Adds copies to records. The function has no state, so a savepoint fits with and without it. */
    private static DataStream<OutputRecord> exported(
            DataStream<OutputRecord> records, String name, @Nullable ExportFunction export) {
        return export == null
                ? records
                : records.flatMap(export, OutputRecord.TYPE)
                        .name("export " + name)
                        .uid("export-" + name);
    }

    /** Sends each sample to the learner of its key, and each change to all learners. */
    private static DataStream<TrainerInput> exchanged(SingleOutputStreamOperator<TrainerInput> decoded) {
        return decoded.keyBy(KEY, Types.STRING)
                .union(decoded.getSideOutput(DecodeFunction.CHANGES).broadcast());
    }
}

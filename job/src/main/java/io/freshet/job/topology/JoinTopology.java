package io.freshet.job.topology;

import io.freshet.job.join.JoinInput;
import io.freshet.job.join.JoinOperator;
import io.freshet.job.join.decode.JoinDecodeFunction;
import io.freshet.job.join.decode.JoinRecord;
import io.freshet.job.join.score.ScoreInput;
import io.freshet.job.join.score.ScoreOperator;
import io.freshet.job.record.OutputRecord;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The graph of the join.
 *
 * <pre>
 *   requests, outcomes ─► decode ─► by model/id ─► join ─► samples
 *                           ▲ │                     │ └──► by model ─► score ─► metrics
 *       specifications ─────┘ └──► dead letters ◄───┤
 *                                                   └────► unjoined
 * </pre>
 *
 * One source reads requests and outcomes, and emits its own watermarks, those of the earliest partition. A job of parallelism 1
 * decodes and joins in one task; otherwise, ids are exchanged by model and id, and changes of specifications are broadcast. Every
 * operator has a uid, which maps its state in a savepoint.
 */
public final class JoinTopology {
    /** The key of a request or an outcome. A change has none, so it is never sent by key. */
    private static final KeySelector<JoinInput, String> KEY = input -> ((JoinInput.Keyed) input).modelKey();

    private JoinTopology() {}

    /** Adds the join to an environment that {@link TrainerEnvironment#configure} has configured. */
    public static void build(StreamExecutionEnvironment env, JoinSources sources, JoinSinks sinks) {
        // The join needs no exchange if it is the only one.
        boolean chained = env.getParallelism() == 1;

        DataStream<JoinInput> changes = env.fromSource(
                        sources.specs().changes(),
                        WatermarkStrategy.forGenerator(context -> new AlwaysIdle()),
                        "specifications",
                        JoinInput.TYPE)
                .uid("source-specifications")
                .setParallelism(1);

        SingleOutputStreamOperator<JoinInput> decoded = env.fromSource(
                        sources.records(), WatermarkStrategy.noWatermarks(), "requests and outcomes", JoinRecord.TYPE)
                .uid(JoinOperator.SOURCE)
                .connect(changes.broadcast())
                .process(
                        new JoinDecodeFunction(
                                sources.topics(),
                                sources.requests(),
                                sources.timing(),
                                sources.specs().initial(),
                                chained),
                        JoinInput.TYPE)
                .name("decode")
                .uid("decode");

        KeyedOutputs joined = KeyedOutputs.of(
                chained ? decoded : exchanged(decoded),
                KEY,
                "join",
                new JoinOperator(sources.topics(), sources.specs().initial()));

        joined.main().sinkTo(sinks.samples()).name("samples").uid("sink-samples");
        joined.side(JoinOperator.UNJOINED)
                .sinkTo(sinks.unjoined())
                .name("unjoined")
                .uid("sink-unjoined");
        joined.side(JoinOperator.SCORES)
                .keyBy(ScoreInput::model, Types.STRING)
                .transform("score", OutputRecord.TYPE, new ScoreOperator())
                .uid("score")
                .sinkTo(sinks.metrics())
                .name("metrics")
                .uid("sink-metrics");
        decoded.getSideOutput(OutputRecord.DEAD_LETTERS)
                .union(joined.side(OutputRecord.DEAD_LETTERS))
                .sinkTo(sinks.deadLetters())
                .name("dead letters")
                .uid("sink-dead-letters");
    }

    /** Sends each record to the join of its id, and the rest to all joins. */
    private static DataStream<JoinInput> exchanged(SingleOutputStreamOperator<JoinInput> decoded) {
        return decoded.keyBy(KEY, Types.STRING)
                .union(decoded.getSideOutput(JoinDecodeFunction.CHANGES).broadcast());
    }

    /** Specifications have no event time, and do not delay it. */
    private static final class AlwaysIdle implements WatermarkGenerator<JoinInput> {
        @Override
        public void onEvent(JoinInput input, long timestamp, WatermarkOutput output) {}

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            output.markIdle();
        }
    }
}

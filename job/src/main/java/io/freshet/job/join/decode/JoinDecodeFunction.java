package io.freshet.job.join.decode;

import io.freshet.job.join.JoinInput;
import io.freshet.job.join.JoinInputSerializer;
import io.freshet.job.join.JoinOperator;
import io.freshet.job.join.JoinTopics;
import io.freshet.job.record.ModelKey;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.specs.SpecRegistry;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.topic.DeadLetterHeaders;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.CoProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Decodes requests and outcomes for the models that have a join. Specifications are broadcast state, and a change takes effect
 * with the next record. Each subtask forwards the change to all subtasks of the join, before its first record with it.
 */
@SuppressWarnings("NullAway.Init") // Flink calls initializeState and open before anything else.
public final class JoinDecodeFunction extends CoProcessFunction<JoinRecord, JoinInput, JoinInput>
        implements CheckpointedFunction {
    private static final long serialVersionUID = 1;

    /** Changes of specifications for the joins in other tasks. */
    public static final OutputTag<JoinInput> CHANGES = new OutputTag<>("changes", JoinInputSerializer.type());

    private final JoinTopics topics;
    private final RequestFormat format;
    private final JoinTiming timing;
    private final SpecRegistry registry;
    private final boolean chained;

    private transient RequestDecoder requests;
    private transient OutcomeDecoder outcomes;
    private transient Context current;
    private transient Collector<JoinInput> out;
    private transient Counter rejected;

    /**
     * @param registry specifications to start with
     * @param chained whether the join is in the same task and receives changes in the main output
     */
    public JoinDecodeFunction(
            JoinTopics topics, RequestFormat format, JoinTiming timing, SpecRegistry registry, boolean chained) {
        this.topics = topics;
        this.format = format;
        this.timing = timing;
        this.registry = registry.withoutParameters();
        this.chained = chained;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        use(registry.initialize(context));
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) {}

    @Override
    public void open(OpenContext context) {
        rejected = getRuntimeContext().getMetricGroup().counter("rejected");
    }

    private void use(List<ModelSpec> specs) {
        List<ModelSpec> joined =
                specs.stream().filter(spec -> spec.join() != null).toList();
        LongSupplier clock = () -> current.timerService().currentProcessingTime();
        requests = format.decoder(joined, timing, clock, this::reject);
        outcomes = new OutcomeDecoder(joined, timing, clock, this::reject);
    }

    @Override
    public void processElement1(JoinRecord record, Context context, Collector<JoinInput> collector) {
        current = context;
        out = collector;
        if (record.isOutcome()) {
            outcomes.decode(record.record(), collector::collect);
        } else {
            requests.decode(record.record(), collector::collect);
        }
    }

    @Override
    public void processElement2(JoinInput input, Context context, Collector<JoinInput> collector) throws Exception {
        if (input instanceof JoinInput.Changed changed && registry.apply(changed.change())) {
            use(registry.specs());
        }
        if (chained) {
            collector.collect(input);
        } else {
            context.output(CHANGES, input);
        }
    }

    private void reject(SourceRecord record, boolean isOutcome, String model, String message) {
        rejected.inc();
        long now = current.timerService().currentProcessingTime();
        Map<String, byte[]> headers = DeadLetterHeaders.of(
                isOutcome ? topics.outcomes() : topics.requests(),
                record.partition(),
                record.offset(),
                JoinOperator.STAGE,
                model,
                message);
        current.output(
                OutputRecord.DEAD_LETTERS,
                OutputRecord.deadLetter(record, DeadLetterHeaders.withTime(headers, now), now));
        if (!model.isEmpty()) {
            out.collect(new JoinInput.Rejected(ModelKey.ofWhole(model)));
        }
    }
}

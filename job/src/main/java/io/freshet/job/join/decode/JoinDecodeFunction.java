package io.freshet.job.join.decode;

import io.freshet.job.join.JoinInput;
import io.freshet.job.join.JoinOperator;
import io.freshet.job.join.JoinSpecs;
import io.freshet.job.join.JoinTopics;
import io.freshet.job.record.ModelKey;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.specs.ModelFailure;
import io.freshet.job.specs.RefusedSpec;
import io.freshet.job.specs.SpecRegistry;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import io.freshet.schemas.sample.DeliveredSchemas;
import java.util.ArrayList;
import java.util.HashMap;
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

    /** Changes of specifications, for the joins in other tasks. */
    public static final OutputTag<JoinInput> CHANGES = new OutputTag<>("changes", JoinInput.TYPE);

    private final JoinTopics topics;
    private final RequestFormat format;
    private final JoinTiming timing;
    private final JoinSpecs specs;
    private final boolean chained;

    /** Names of the models with a join. A record that none of them could decode counts for all. */
    private transient List<String> joined;

    /** The schema of the request to decode. */
    private transient DeliveredSchemas schemas;

    private transient SchemaRelay relay;
    private transient RequestDecoder requests;
    private transient OutcomeDecoder outcomes;
    private transient Context current;
    /** Of the record that is processed: sent after it is decoded, so that no failure of an output is taken for one of the record. */
    private transient List<JoinInput> decoded;

    private transient List<Rejection> rejections;
    private transient Counter rejected;

    /** Why a model, or "" for all, rejects the record that is processed. */
    private record Rejection(String model, String message) {}

    /**
     * @param registry specifications to start with
     * @param chained whether the join is in the same task and receives changes in the main output
     */
    public JoinDecodeFunction(
            JoinTopics topics, RequestFormat format, JoinTiming timing, SpecRegistry registry, boolean chained) {
        this.topics = topics;
        this.format = format;
        this.timing = timing;
        specs = JoinSpecs.checking(registry);
        this.chained = chained;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        decoded = new ArrayList<>();
        rejections = new ArrayList<>();
        schemas = new DeliveredSchemas();
        relay = new SchemaRelay();
        use(specs.initialize(context));
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) {}

    @Override
    public void open(OpenContext context) {
        int parallelism = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
        if (chained && parallelism > 1) {
            // An elastic scheduler changed the parallelism of the submitted graph.
            throw new IllegalStateException("parallelism: " + parallelism
                    + " (expected: 1, since a join submitted with parallelism 1 has no exchange; submit it again with a"
                    + " parallelism of 2 or more)");
        }
        rejected = getRuntimeContext().getMetricGroup().counter("rejected");
    }

    private void use(List<ModelSpec> all) throws Exception {
        LongSupplier clock = () -> current.timerService().currentProcessingTime();
        JoinRejections reject = (model, message) -> rejections.add(new Rejection(model, message));
        RequestFormat delivered = format.with(schemas);
        List<ModelSpec> used = new ArrayList<>();
        List<RefusedSpec> refused = new ArrayList<>(specs.refusedJoins());
        Map<String, Long> incarnations = new HashMap<>();
        for (ModelSpec spec : all) {
            if (spec.join() == null) {
                continue;
            }
            incarnations.put(spec.name(), specs.incarnation(spec.name()).number());
            JoinedModels alone = new JoinedModels(List.of(spec), List.of(), incarnations);
            try {
                delivered.decoder(alone, timing, clock, reject);
                used.add(spec);
            } catch (RuntimeException | Error e) {
                refused.add(new RefusedSpec(
                        spec.name(), spec.hash(), ModelFailure.of(e).reason()));
            }
        }
        joined = used.stream().map(ModelSpec::name).toList();
        JoinedModels models = new JoinedModels(used, refused, incarnations);
        requests = delivered.decoder(models, timing, clock, reject);
        outcomes = new OutcomeDecoder(models, timing, clock, reject);
    }

    @Override
    public void processElement1(JoinRecord record, Context context, Collector<JoinInput> collector) {
        current = context;
        decoded.clear();
        rejections.clear();
        try {
            if (record.isOutcome()) {
                outcomes.decode(record.record(), decoded::add);
            } else {
                schemas.deliver(relay.receive(record.record()));
                requests.decode(record.record(), decoded::add);
            }
        } catch (RuntimeException | StackOverflowError e) {
            // A restart would read the same record again. No model has got as far as its own fields.
            rejections.add(
                    new Rejection("", "value: " + ModelFailure.of(e).reason() + " (expected: a record of the format)"));
        }
        for (int i = 0; i < decoded.size(); i++) {
            collector.collect(decoded.get(i));
        }
        for (Rejection rejection : rejections) {
            reject(record, rejection, collector);
        }
    }

    @Override
    public void processElement2(JoinInput input, Context context, Collector<JoinInput> collector) throws Exception {
        if (input instanceof JoinInput.Changed changed) {
            if (!specs.apply(changed)) {
                // Parameters, which only this check needs, or a change that is refused.
                return;
            }
            use(specs.specs());
        }
        if (chained) {
            collector.collect(input);
        } else {
            context.output(CHANGES, input);
        }
    }

    private void reject(JoinRecord read, Rejection rejection, Collector<JoinInput> out) {
        rejected.inc();
        SourceRecord record = read.record();
        long now = current.timerService().currentProcessingTime();
        Map<String, byte[]> headers = DeadLetterHeaders.of(
                read.isOutcome() ? topics.outcomes() : topics.requests(),
                record.partition(),
                record.offset(),
                JoinOperator.STAGE,
                rejection.model(),
                rejection.message());
        current.output(
                OutputRecord.DEAD_LETTERS,
                OutputRecord.deadLetter(record, DeadLetterHeaders.withTime(headers, now), now));
        for (String model : joined) {
            // The join has no count of a model that is refused.
            if (rejection.model().isEmpty() || rejection.model().equals(model)) {
                out.collect(new JoinInput.Rejected(ModelKey.ofWhole(model)));
            }
        }
    }
}

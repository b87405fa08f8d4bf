package io.freshet.job.decode;

import io.freshet.job.observe.RejectionCounters;
import io.freshet.job.observe.RejectionCounters.Reason;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.ModelKey;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.RecordEncoder;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.record.SpecChange;
import io.freshet.job.record.TrainerInput;
import io.freshet.job.record.TrainerInputSerializer;
import io.freshet.job.specs.RefusedSpec;
import io.freshet.job.specs.SpecRegistry;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import io.freshet.schemas.sample.DeliveredSchemas;
import io.freshet.schemas.sample.RecordFormat;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Decodes each record once and encodes it for every model that it is for.
 *
 * <p>A record that is malformed, or names an unknown model, becomes a dead letter. A record that is an invalid sample for some
 * models becomes a dead letter for each of them. Models that a record is not for skip it. Specifications are broadcast state: every subtask has the same ones. A changed
 * specification is used from the next checkpoint barrier on, so that a recovery encodes each sample as before. A deletion takes
 * effect immediately.
 */
@SuppressWarnings("NullAway.Init") // Flink calls initializeState and open before anything else.
public final class DecodeFunction extends ProcessFunction<TrainerInput, TrainerInput> implements CheckpointedFunction {
    private static final long serialVersionUID = 1;

    /** Changes of specifications for the learners in other tasks. */
    public static final OutputTag<TrainerInput> CHANGES = new OutputTag<>("changes", TrainerInputSerializer.type());

    private final String topic;
    private final @Nullable String topicId;
    private final RecordFormat format;
    private final SpecRegistry registry;
    private final boolean chained;
    /** Specifications in use. */
    private transient List<ModelSpec> used;
    /** Those that this version refuses. Their samples become dead letters. */
    private transient List<RefusedSpec> refused;

    private transient SampleFactory factory;
    /** The schema of the record to decode. */
    private transient DeliveredSchemas schemas;

    /** Specifications to use after the next checkpoint barrier, or null if unchanged. */
    private transient @Nullable List<ModelSpec> pending;

    /** Creates the encoder for the thread that fetches records. */
    private transient Supplier<RecordEncoder> ahead;

    /** Of the input that is processed. */
    private transient Context current;

    private transient Counter samples;
    private transient Counter skipped;
    private transient RejectionCounters rejected;

    /**
     * @param topic name of the samples topic, for dead letters
     * @param topicId its id; null if unknown
     * @param registry specifications to start with
     * @param chained whether the learner is in the same task and receives changes in the main output; if not, the first
     *     subtask sends them to {@link #CHANGES} for all learners
     */
    public DecodeFunction(
            String topic, @Nullable String topicId, RecordFormat format, SpecRegistry registry, boolean chained) {
        this.topic = topic;
        this.topicId = topicId;
        this.chained = chained;
        this.format = format;
        this.registry = registry.withoutParameters();
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        schemas = new DeliveredSchemas();
        use(registry.initialize(context), registry.refused());
    }

    /** Switches to changed specifications after the barrier of the checkpoint that contains them. */
    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        if (pending != null) {
            use(pending, registry.refused());
            pending = null;
        }
    }

    @Override
    public void open(OpenContext context) {
        int parallelism = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
        if (chained && parallelism > 1) {
            // An elastic scheduler changed the parallelism of the submitted graph.
            throw new IllegalStateException("parallelism: " + parallelism
                    + " (expected: 1, since a job submitted with parallelism 1 has no exchange; submit it again with a"
                    + " parallelism of 2 or more)");
        }
        MetricGroup metrics = getRuntimeContext().getMetricGroup();
        samples = metrics.counter("samples");
        skipped = metrics.counter("skipped");
        rejected = new RejectionCounters(
                metrics, Reason.NO_VALUE, Reason.MALFORMED, Reason.UNKNOWN_MODEL, Reason.UNFIT, Reason.FAILED);
    }

    @Override
    public void processElement(TrainerInput input, Context context, Collector<TrainerInput> out) throws Exception {
        current = context;
        if (input instanceof SourceRecord record) {
            decode(record, out);
        } else {
            apply((SpecChange) input, out);
        }
    }

    /** Applies a change, and forwards it to the learner once. */
    private void apply(SpecChange change, Collector<TrainerInput> out) throws Exception {
        if (registry.apply(change)) {
            pending = registry.specs();
        }
        if (change.isDeletion()) {
            stopUsing(change.name());
        }
        if (chained) {
            out.collect(change);
        } else if (getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0) {
            current.output(CHANGES, change);
        }
    }

    private void stopUsing(String model) throws Exception {
        List<ModelSpec> others =
                used.stream().filter(spec -> !spec.name().equals(model)).toList();
        List<RefusedSpec> othersRefused =
                refused.stream().filter(spec -> !spec.model().equals(model)).toList();
        if (others.size() + othersRefused.size() < used.size() + refused.size()) {
            use(others, othersRefused);
        }
    }

    private void use(List<ModelSpec> specs, List<RefusedSpec> refusedSpecs) throws Exception {
        Map<String, List<String>> replicas = new HashMap<>();
        for (ModelSpec spec : specs) {
            replicas.put(spec.name(), ModelKey.ofReplicas(spec));
        }
        used = specs;
        refused = refusedSpecs;
        factory = new SampleFactory(format.with(schemas), specs, replicas, refused, this::reject);
        ahead = () -> new AheadEncoder(format, specs, replicas);
    }

    private void decode(SourceRecord record, Collector<TrainerInput> out) {
        samples.inc();
        // A schema may still be unknown when the fetching thread could encode the record.
        KeyedSample[] encoded = format.registry() == null && refused.isEmpty() ? record.samples(ahead) : null;
        if (encoded != null) {
            // None was rejected.
            skipped.inc(used.size() - encoded.length);
            for (KeyedSample sample : encoded) {
                out.collect(sample);
            }
            return;
        }
        schemas.deliver(record.schema());
        List<KeyedSample> decoded;
        try {
            decoded = factory.encode(record);
        } catch (UncheckedIOException e) {
            // A restart would read the same record again.
            reject(record, Reason.FAILED, "", SampleFactory.failure(e));
            return;
        }
        skipped.inc(factory.skipped());
        for (int i = 0; i < decoded.size(); i++) {
            out.collect(decoded.get(i));
        }
    }

    private void reject(SourceRecord record, Reason reason, String model, String message) {
        rejected.count(reason);
        String stage = model.isEmpty() ? "decode" : "encode";
        Map<String, byte[]> headers =
                DeadLetterHeaders.of(topic, record.partition(), record.offset(), stage, model, message);
        long now = current.timerService().currentProcessingTime();
        current.output(
                OutputRecord.DEAD_LETTERS,
                OutputRecord.deadLetter(
                        record, DeadLetterHeaders.withTime(DeadLetterHeaders.withTopicId(headers, topicId), now), now));
    }
}

package io.freshet.job.decode;

import io.freshet.job.observe.RejectionCounters;
import io.freshet.job.observe.RejectionCounters.Reason;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.LearnInput;
import io.freshet.job.record.LearnInputSerializer;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.RecordEncoder;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.record.SpecChange;
import io.freshet.job.record.TrainerInput;
import io.freshet.job.specs.ModelFailure;
import io.freshet.job.specs.RefusedSpec;
import io.freshet.job.specs.SpecRegistry;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.confluent.DeliveredSchemas;
import io.freshet.schemas.deadletter.DeadLetterHeaders;
import io.freshet.schemas.format.RecordFormat;
import io.freshet.schemas.sample.RecordDecoder;
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
 * models becomes a dead letter for each of them. Specifications are broadcast state: every subtask has the same ones. A changed
 * specification is used from the next checkpoint barrier on, so that a recovery encodes each sample as before. A deletion takes
 * effect immediately.
 */
@SuppressWarnings("NullAway.Init") // Flink calls initializeState and open before anything else.
public final class DecodeFunction extends ProcessFunction<TrainerInput, LearnInput> implements CheckpointedFunction {
    private static final long serialVersionUID = 1;

    /** Changes of specifications for the learners in other tasks. */
    public static final OutputTag<LearnInput> CHANGES = new OutputTag<>("changes", LearnInputSerializer.type());

    private final String topic;
    private final RecordFormat format;
    private final SpecRegistry registry;
    private final boolean chained;
    /** Specifications in use. */
    private transient List<ModelSpec> used;
    /** Those that this version refuses. Their samples become dead letters. */
    private transient List<RefusedSpec> refused;

    private transient List<ModelEncoder> encoders;
    private transient RecordDecoder decoder;
    /** The schema of the record to decode. */
    private transient DeliveredSchemas schemas;

    /** Specifications to use after the next checkpoint barrier, or null if unchanged. */
    private transient @Nullable List<ModelSpec> pending;

    private transient Row row;
    /** Creates the encoder for the thread that fetches records. */
    private transient Supplier<RecordEncoder> ahead;

    private transient Counter samples;
    private transient RejectionCounters rejected;

    /**
     * @param topic name of the samples topic, for dead letters
     * @param registry specifications to start with
     * @param chained whether the learner is in the same task and receives changes in the main output; if not, the first
     *     subtask sends them to {@link #CHANGES} for all learners
     */
    public DecodeFunction(String topic, RecordFormat format, SpecRegistry registry, boolean chained) {
        this.topic = topic;
        this.chained = chained;
        this.format = format;
        this.registry = registry.withoutParameters();
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        schemas = new DeliveredSchemas();
        List<ModelSpec> specs = registry.initialize(context);
        refused = registry.refused();
        use(specs);
    }

    /** Switches to changed specifications after the barrier of the checkpoint that contains them. */
    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        if (pending != null) {
            refused = registry.refused();
            use(pending);
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
        rejected = new RejectionCounters(
                metrics, Reason.NO_VALUE, Reason.MALFORMED, Reason.UNKNOWN_MODEL, Reason.UNFIT, Reason.FAILED);
    }

    @Override
    public void processElement(TrainerInput input, Context context, Collector<LearnInput> out) throws Exception {
        if (input instanceof SourceRecord record) {
            decode(record, context, out);
        } else {
            apply((SpecChange) input, context, out);
        }
    }

    /** Applies a change, and forwards it to the learner once. */
    private void apply(SpecChange change, Context context, Collector<LearnInput> out) throws Exception {
        if (registry.apply(change)) {
            pending = registry.specs();
        }
        if (change.isDeletion()) {
            stopUsing(change.name());
        }
        if (chained) {
            out.collect(change);
        } else if (getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0) {
            context.output(CHANGES, change);
        }
    }

    private void stopUsing(String model) {
        refused = refused.stream().filter(spec -> !spec.model().equals(model)).toList();
        List<ModelSpec> others =
                used.stream().filter(spec -> !spec.name().equals(model)).toList();
        if (others.size() < used.size()) {
            use(others);
        }
    }

    private void use(List<ModelSpec> specs) {
        used = specs;
        RowLayout layout = RowLayout.of(specs);
        row = new Row(layout);
        decoder = format.with(schemas).decoder(layout);
        encoders = specs.stream().map(spec -> new ModelEncoder(spec, layout)).toList();
        ahead = () -> new AheadEncoder(format, specs);
    }

    private void decode(SourceRecord record, Context context, Collector<LearnInput> out) {
        samples.inc();
        // A schema may still be unknown when the fetching thread could encode the record.
        KeyedSample[] encoded = format.registry() == null && refused.isEmpty() ? record.samples(ahead) : null;
        if (encoded == null) {
            encode(record, context, out);
            return;
        }
        for (KeyedSample sample : encoded) {
            out.collect(sample);
        }
    }

    private void encode(SourceRecord record, Context context, Collector<LearnInput> out) {
        try {
            if (record.value() == null) {
                throw new MalformedRecordException("value: none (expected: a sample)");
            }
            schemas.deliver(record.schema());
            decoder.decode(record.value(), record.timestamp(), row);
        } catch (MalformedRecordException e) {
            rejected.count(record.value() == null ? Reason.NO_VALUE : Reason.MALFORMED);
            reject(record, "decode", "", e.getMessage(), context);
            return;
        } catch (RuntimeException | Error e) {
            // A restart would read the same record again.
            String failure = ModelFailure.of(e).reason();
            rejected.count(Reason.FAILED);
            reject(record, "decode", "", "value: " + failure + " (expected: a record of the format)", context);
            return;
        }
        String target = TargetModel.of(record, decoder);
        boolean known = target.isEmpty();
        for (int i = 0; i < encoders.size(); i++) {
            ModelEncoder encoder = encoders.get(i);
            if (target.isEmpty() || encoder.name().equals(target)) {
                known = true;
                KeyedSample sample = encode(encoder, record, context);
                if (sample != null) {
                    out.collect(sample);
                }
            }
        }
        for (RefusedSpec spec : refused) {
            if (target.isEmpty() || spec.model().equals(target)) {
                known = true;
                rejected.count(Reason.FAILED);
                reject(record, "encode", spec.model(), spec.reason(), context);
            }
        }
        if (!known) {
            rejected.count(Reason.UNKNOWN_MODEL);
            List<String> names = encoders.stream().map(ModelEncoder::name).toList();
            reject(record, "decode", "", "model: " + target + " (expected: one of " + names + ")", context);
        }
    }

    /** Encodes the row for one model. Returns null if it was rejected, also for a fault of the encoder. */
    private @Nullable KeyedSample encode(ModelEncoder encoder, SourceRecord record, Context context) {
        try {
            return encoder.encode(row, record.partition(), record.offset());
        } catch (InvalidSampleException e) {
            rejected.count(Reason.UNFIT);
            reject(record, "encode", encoder.name(), reason(e), context);
        } catch (RuntimeException | Error e) {
            String failure = ModelFailure.of(e).reason();
            rejected.count(Reason.FAILED);
            reject(record, "encode", encoder.name(), failure, context);
        }
        return null;
    }

    /** Returns why a model rejected a row. If a field is missing because it had the wrong type, reports the wrong type. */
    private @Nullable String reason(InvalidSampleException e) {
        String message = String.valueOf(e.getMessage());
        for (String fault : decoder.faults()) {
            if (field(fault).equals(field(message))) {
                return fault;
            }
        }
        return message;
    }

    /** Returns the field named by a message: the text before the colon, or before the index in a vector. */
    private static String field(String message) {
        int end = message.indexOf(": ");
        int bracket = message.indexOf('[');
        return message.substring(0, Math.max(0, bracket >= 0 && bracket < end ? bracket : end));
    }

    private void reject(SourceRecord record, String stage, String model, @Nullable String reason, Context context) {
        Map<String, byte[]> headers =
                DeadLetterHeaders.of(topic, record.partition(), record.offset(), stage, model, String.valueOf(reason));
        long now = context.timerService().currentProcessingTime();
        context.output(
                OutputRecord.DEAD_LETTERS,
                OutputRecord.deadLetter(record, DeadLetterHeaders.withTime(headers, now), now));
    }
}

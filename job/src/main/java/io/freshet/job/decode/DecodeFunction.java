package io.freshet.job.decode;

import io.freshet.job.observe.RejectionCounters;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.record.SpecChange;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.deadletter.DeadLetterHeaders;
import io.freshet.schemas.format.RecordFormat;
import io.freshet.schemas.sample.RecordDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.BroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Decodes each record once and encodes it for every model that it is for.
 *
 * <p>A record that is not of the format, is for an unknown model, or lacks what a model needs goes to the dead letters, once for
 * each model that refused it; the stream goes on. The specifications are broadcast state; samples are encoded by changed
 * ones from the next checkpoint's barrier on, so that a recovery encodes each sample as before.
 */
@SuppressWarnings("NullAway.Init") // Flink calls initializeState and open before anything else.
public final class DecodeFunction extends BroadcastProcessFunction<SourceRecord, SpecChange, KeyedSample>
        implements CheckpointedFunction {
    private static final long serialVersionUID = 1;

    /** A message may quote a field, and a field may be as long as a record. */
    private static final int LONGEST_MESSAGE = 1000;

    private final String topic;
    private final RecordFormat format;
    private final SpecRegistry registry;
    private transient List<ActiveModel> models;
    private transient RecordDecoder decoder;
    /** The specifications from the next checkpoint on, or null if they stay. */
    private transient @Nullable List<ModelSpec> changed;

    private transient Row row;
    private transient Counter samples;
    private transient RejectionCounters rejects;

    /**
     * @param topic that the samples come from
     * @param format of the records
     * @param registry the specifications to start with
     */
    public DecodeFunction(String topic, RecordFormat format, SpecRegistry registry) {
        this.topic = topic;
        this.format = format;
        this.registry = registry.withoutParameters();
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        use(registry.initialize(context));
    }

    /** Goes over to what changed: behind the barrier of the checkpoint that holds it. */
    @Override
    public void snapshotState(FunctionSnapshotContext context) {
        if (changed != null) {
            use(changed);
            changed = null;
        }
    }

    @Override
    public void open(OpenContext context) {
        MetricGroup metrics = getRuntimeContext().getMetricGroup();
        samples = metrics.counter("samples");
        rejects = new RejectionCounters(
                metrics,
                RejectionCounters.Kind.NO_VALUE,
                RejectionCounters.Kind.MALFORMED,
                RejectionCounters.Kind.UNKNOWN_MODEL,
                RejectionCounters.Kind.UNFIT);
    }

    @Override
    public void processBroadcastElement(SpecChange change, Context context, Collector<KeyedSample> out)
            throws Exception {
        if (registry.apply(change)) {
            changed = registry.specs();
        }
    }

    private void use(List<ModelSpec> specs) {
        RowLayout layout = RowLayout.of(specs);
        row = new Row(layout);
        decoder = format.decoder(layout);
        models = new ArrayList<>();
        for (ModelSpec spec : specs) {
            models.add(new ActiveModel(spec, layout));
        }
    }

    @Override
    public void processElement(SourceRecord record, ReadOnlyContext context, Collector<KeyedSample> out) {
        samples.inc();
        try {
            if (record.value() == null) {
                throw new MalformedRecordException("value: none (expected: a sample)");
            }
            decoder.decode(record.value(), record.timestamp(), row);
        } catch (MalformedRecordException e) {
            rejects.count(record.value() == null ? RejectionCounters.Kind.NO_VALUE : RejectionCounters.Kind.MALFORMED);
            reject(record, "decode", "", e.getMessage(), context);
            return;
        }
        String only = TargetModel.of(record, decoder);
        boolean known = only.isEmpty();
        for (int i = 0; i < models.size(); i++) {
            ActiveModel model = models.get(i);
            if (only.isEmpty() || model.name().equals(only)) {
                known = true;
                try {
                    out.collect(model.encode(row, record.partition(), record.offset()));
                } catch (InvalidSampleException e) {
                    rejects.count(RejectionCounters.Kind.UNFIT);
                    reject(record, "encode", model.name(), reason(e), context);
                }
            }
        }
        if (!known) {
            rejects.count(RejectionCounters.Kind.UNKNOWN_MODEL);
            List<String> names = models.stream().map(ActiveModel::name).toList();
            reject(record, "decode", "", "model: " + only + " (expected: one of " + names + ")", context);
        }
    }

    /** Returns why a model refused a row; of a field that is missing because it was of the wrong type, that. */
    private @Nullable String reason(InvalidSampleException e) {
        String message = String.valueOf(e.getMessage());
        for (String fault : decoder.faults()) {
            if (field(fault).equals(field(message))) {
                return fault;
            }
        }
        return message;
    }

    /** Returns the field that a message is about: what stands before the colon, or before the place in a vector. */
    private static String field(String message) {
        int end = message.indexOf(": ");
        int bracket = message.indexOf('[');
        return message.substring(0, Math.max(0, bracket >= 0 && bracket < end ? bracket : end));
    }

    private void reject(
            SourceRecord record, String stage, String model, @Nullable String reason, ReadOnlyContext context) {
        String message = String.valueOf(reason);
        if (message.length() > LONGEST_MESSAGE) {
            message = message.substring(0, LONGEST_MESSAGE) + "...";
        }
        Map<String, byte[]> headers =
                DeadLetterHeaders.of(topic, record.partition(), record.offset(), stage, model, message);
        context.output(
                OutputRecord.DEAD_LETTERS, OutputRecord.deadLetter(record, headers, context.currentProcessingTime()));
    }
}

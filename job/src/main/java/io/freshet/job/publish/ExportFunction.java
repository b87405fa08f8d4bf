package io.freshet.job.publish;

import io.freshet.job.record.OutputRecord;
import io.freshet.schemas.avro.ExportedType;
import io.freshet.schemas.snapshot.HistoryCodec;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Emits each record, followed by its copy. Specifications on the history topic have no copy: the copies of a topic have one
 * schema, and every snapshot contains its specification.
 */
public final class ExportFunction extends RichFlatMapFunction<OutputRecord, OutputRecord> {
    private static final long serialVersionUID = 1;
    private static final Logger log = LoggerFactory.getLogger(ExportFunction.class);

    private final Export export;
    private final ExportedType type;
    private final String topic;
    private transient Counter unexported;
    private transient Export.@Nullable Converter converter;

    /** @param topic of the copies */
    @SuppressWarnings("NullAway.Init")
    public ExportFunction(Export export, ExportedType type, String topic) {
        this.export = export;
        this.type = type;
        this.topic = topic;
    }

    @Override
    public void open(OpenContext context) {
        unexported = getRuntimeContext().getMetricGroup().counter("unexported");
        converter = export.converter(type, topic);
    }

    @Override
    public void flatMap(OutputRecord record, Collector<OutputRecord> out) {
        out.collect(record);
        if (converter == null || HistoryCodec.specification(record.key()) != null) {
            return;
        }
        OutputRecord copy = copy(converter, record);
        if (copy == null) {
            unexported.inc();
        } else {
            out.collect(copy);
        }
    }

    /**
     * Returns the copy of a record, or null if it has none, or if it is too large for a broker: JSON takes several times the bytes.
     * A fault of a copy must not stop learning.
     */
    private @Nullable OutputRecord copy(Export.Converter to, OutputRecord record) {
        try {
            return to.convert(record);
        } catch (RuntimeException e) {
            if (unexported.getCount() == 0) {
                log.error("topic {}: a record cannot be copied; metric unexported counts more of them", topic, e);
            }
            return null;
        }
    }

    @Override
    public void close() {
        if (converter != null) {
            converter.close();
        }
    }
}

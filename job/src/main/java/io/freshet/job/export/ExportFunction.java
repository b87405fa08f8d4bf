package io.freshet.job.export;

import io.freshet.job.record.OutputRecord;
import io.freshet.schemas.export.ExportedType;
import io.freshet.schemas.history.HistoryCodec;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Emits each record, followed by its copy. Specifications on the history topic have no copy: the copies of a topic have one
 * schema, and every snapshot contains its specification.
 */
public final class ExportFunction extends RichFlatMapFunction<OutputRecord, OutputRecord> {
    private static final long serialVersionUID = 1;

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
        OutputRecord copy = converter.convert(record);
        if (copy == null) {
            unexported.inc();
        } else {
            out.collect(copy);
        }
    }

    @Override
    public void close() {
        if (converter != null) {
            converter.close();
        }
    }
}

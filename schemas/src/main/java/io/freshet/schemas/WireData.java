package io.freshet.schemas;

import io.freshet.wire.Evaluation;
import io.freshet.wire.Event;
import io.freshet.wire.Metrics;
import io.freshet.wire.ModelSpec;
import io.freshet.wire.ParameterBlock;
import io.freshet.wire.Sample;
import io.freshet.wire.Snapshot;
import io.freshet.wire.UpdateMetrics;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.specific.SpecificData;
import org.jspecify.annotations.Nullable;

/**
 * Tells Avro which class is which record of the contract. Avro would load whatever class a schema names, and therefore
 * refuses all that it was not told to trust; this list needs no loading and no trust.
 */
final class WireData extends SpecificData {
    private static final Map<String, Class<?>> CLASSES = Map.of(
            Evaluation.getClassSchema().getFullName(), Evaluation.class,
            Event.getClassSchema().getFullName(), Event.class,
            Metrics.getClassSchema().getFullName(), Metrics.class,
            ModelSpec.getClassSchema().getFullName(), ModelSpec.class,
            ParameterBlock.getClassSchema().getFullName(), ParameterBlock.class,
            Sample.getClassSchema().getFullName(), Sample.class,
            Snapshot.getClassSchema().getFullName(), Snapshot.class,
            UpdateMetrics.getClassSchema().getFullName(), UpdateMetrics.class);

    WireData() {
        addLogicalTypeConversion(new TimeConversions.TimestampMillisConversion());
    }

    @Override
    @SuppressWarnings("rawtypes")
    public @Nullable Class getClass(Schema schema) {
        return schema.getType() == Schema.Type.RECORD ? CLASSES.get(schema.getFullName()) : super.getClass(schema);
    }
}

package io.freshet.schemas.avro;

import io.freshet.wire.Evaluation;
import io.freshet.wire.Event;
import io.freshet.wire.Heartbeat;
import io.freshet.wire.JoinReport;
import io.freshet.wire.Metrics;
import io.freshet.wire.ModelSpec;
import io.freshet.wire.ParameterBlock;
import io.freshet.wire.Round;
import io.freshet.wire.Sample;
import io.freshet.wire.ServedScore;
import io.freshet.wire.Snapshot;
import io.freshet.wire.SparseVector;
import io.freshet.wire.SpecificationChange;
import io.freshet.wire.TopicFormat;
import io.freshet.wire.UndoneSamples;
import io.freshet.wire.UpdateMetrics;
import io.freshet.wire.WarmStartPart;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.specific.SpecificData;
import org.jspecify.annotations.Nullable;

/**
 * Maps the schemas of the wire format to their generated classes.
 *
 * <p>By default, Avro loads the class that a schema names, if its package is on a list of trusted packages. A fixed map needs
 * neither class loading nor that list.
 */
public final class WireData extends SpecificData {
    private static final Map<String, Class<?>> CLASSES = List.of(
                    new Evaluation(),
                    new Event(),
                    new Heartbeat(),
                    new JoinReport(),
                    new Metrics(),
                    new ModelSpec(),
                    new ParameterBlock(),
                    new Round(),
                    new Sample(),
                    new ServedScore(),
                    new Snapshot(),
                    new SparseVector(),
                    new SpecificationChange(),
                    new TopicFormat(),
                    new UndoneSamples(),
                    new UpdateMetrics(),
                    new WarmStartPart())
            .stream()
            .collect(Collectors.toMap(record -> record.getSchema().getFullName(), Object::getClass));

    public WireData() {
        addLogicalTypeConversion(new TimeConversions.TimestampMillisConversion());
    }

    @Override
    @SuppressWarnings("rawtypes")
    public @Nullable Class getClass(Schema schema) {
        return schema.getType() == Schema.Type.RECORD ? CLASSES.get(schema.getFullName()) : super.getClass(schema);
    }
}

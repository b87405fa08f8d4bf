package io.freshet.job.topology;

import io.freshet.job.learn.LearnOperator;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.LearnInput;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.OutputRecordSerializer;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;
import org.apache.flink.streaming.api.transformations.OneInputTransformation;
import org.apache.flink.streaming.api.transformations.SideOutputTransformation;
import org.apache.flink.util.OutputTag;

/**
 * Adds the learn operator to the graph. Flink's API has keyed operators only on keyed streams, and their input must be an
 * exchange. Here, the input may also be chained, and may include changes without a key.
 */
record LearnedStreams(StreamExecutionEnvironment env, OneInputTransformation<LearnInput, OutputRecord> transformation) {
    static final String UID = "learn";

    /** The key of a sample. A change has none, so it is never sent by key. */
    static final KeySelector<LearnInput, String> KEY = input -> ((KeyedSample) input).modelKey();

    /** @param inputs partitioned by {@link #KEY} */
    static LearnedStreams of(DataStream<LearnInput> inputs, LearnOperator operator) {
        StreamExecutionEnvironment env = inputs.getExecutionEnvironment();
        OneInputTransformation<LearnInput, OutputRecord> transformation = new OneInputTransformation<>(
                inputs.getTransformation(),
                "learn",
                SimpleOperatorFactory.of(operator),
                OutputRecordSerializer.type(),
                env.getParallelism(),
                false);
        transformation.setStateKeySelector(KEY);
        transformation.setStateKeyType(Types.STRING);
        transformation.setUid(UID);
        env.addOperator(transformation);
        return new LearnedStreams(env, transformation);
    }

    DataStream<OutputRecord> main() {
        return new DataStream<>(env, transformation);
    }

    DataStream<OutputRecord> side(OutputTag<OutputRecord> tag) {
        return new DataStream<>(env, new SideOutputTransformation<>(transformation, tag));
    }
}

package io.freshet.job.topology;

import io.freshet.job.record.OutputRecord;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;
import org.apache.flink.streaming.api.transformations.OneInputTransformation;
import org.apache.flink.streaming.api.transformations.SideOutputTransformation;
import org.apache.flink.util.OutputTag;

/**
 * Adds a keyed operator to the graph. Flink's API has keyed operators only on keyed streams, and their input must be an
 * exchange. Here, the input may also be chained, and may include changes without a key.
 */
record KeyedOutputs(StreamExecutionEnvironment env, OneInputTransformation<?, OutputRecord> transformation) {
    /**
     * @param inputs partitioned by {@code key}
     * @param uid of the operator, which is also its name
     */
    static <T> KeyedOutputs of(
            DataStream<T> inputs,
            KeySelector<T, String> key,
            String uid,
            OneInputStreamOperator<T, OutputRecord> operator) {
        StreamExecutionEnvironment env = inputs.getExecutionEnvironment();
        OneInputTransformation<T, OutputRecord> transformation = new OneInputTransformation<>(
                inputs.getTransformation(),
                uid,
                SimpleOperatorFactory.of(operator),
                OutputRecord.TYPE,
                env.getParallelism(),
                false);
        transformation.setStateKeySelector(key);
        transformation.setStateKeyType(Types.STRING);
        transformation.setUid(uid);
        env.addOperator(transformation);
        return new KeyedOutputs(env, transformation);
    }

    DataStream<OutputRecord> main() {
        return new DataStream<>(env, transformation);
    }

    <T> DataStream<T> side(OutputTag<T> tag) {
        return new DataStream<>(env, new SideOutputTransformation<>(transformation, tag));
    }
}

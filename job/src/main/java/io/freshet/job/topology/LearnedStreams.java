package io.freshet.job.topology;

import io.freshet.job.learn.LearnOperator;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.OutputRecordSerializer;
import io.freshet.job.record.SpecChange;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;
import org.apache.flink.streaming.api.transformations.SideOutputTransformation;
import org.apache.flink.streaming.api.transformations.TwoInputTransformation;
import org.apache.flink.util.OutputTag;

/**
 * Adds the learn operator to the graph. For a keyed stream connected to a broadcast stream, Flink's API accepts functions only.
 * An operator is needed to send records just before a barrier, and to learn when a checkpoint completes.
 */
record LearnedStreams(
        StreamExecutionEnvironment env, TwoInputTransformation<KeyedSample, SpecChange, OutputRecord> transformation) {
    static LearnedStreams of(
            KeyedStream<KeyedSample, String> samples, DataStream<SpecChange> specs, LearnOperator operator) {
        StreamExecutionEnvironment env = samples.getExecutionEnvironment();
        TwoInputTransformation<KeyedSample, SpecChange, OutputRecord> transformation = new TwoInputTransformation<>(
                samples.getTransformation(),
                specs.getTransformation(),
                "learn",
                SimpleOperatorFactory.of(operator),
                OutputRecordSerializer.type(),
                env.getParallelism(),
                false);
        transformation.setStateKeySelectors(samples.getKeySelector(), null);
        transformation.setStateKeyType(samples.getKeyType());
        transformation.setUid("learn");
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

package io.freshet.job;

import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.ModelKey;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A plain loop over the samples, without Flink and Kafka. The job must produce the same parameters, bit for bit. */
public final class TestOracle {
    private TestOracle() {}

    /** Returns a line for each key of a model, in the form of {@link TestLines#line}. */
    public static List<String> lines(ModelSpec spec, long from, long to) {
        Learner learner = new Learner(spec);
        Map<String, LearnerState> states = new TreeMap<>();
        for (long offset = from; offset < to; offset++) {
            KeyedSample keyed = TestStream.sample(spec, offset);
            learner.learn(states.computeIfAbsent(keyed.modelKey(), key -> learner.start()), keyed.sample());
        }
        List<String> lines = new ArrayList<>();
        states.forEach((modelKey, state) -> {
            learner.finish(state, () -> {});
            lines.add(TestLines.line(learner.snapshot(state, ModelKey.key(modelKey))));
        });
        return lines;
    }
}

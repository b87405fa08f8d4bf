package io.freshet.job;

import io.freshet.job.record.KeyedSample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a loop over the samples learns, with neither Flink nor Kafka: what the job must learn, bit for bit. */
public final class TestOracle {
    private TestOracle() {}

    /** Returns a line for each key of a model, as {@link TestLines#line} makes them. */
    public static List<String> lines(ModelSpec spec, long from, long to) {
        Learner learner = new Learner(spec);
        Map<String, LearnerState> states = new TreeMap<>();
        for (long offset = from; offset < to; offset++) {
            KeyedSample keyed = TestStream.sample(spec, offset);
            learner.learn(states.computeIfAbsent(keyed.modelKey(), a -> learner.start()), keyed.sample());
        }
        List<String> lines = new ArrayList<>();
        states.forEach((address, state) -> {
            learner.finish(state, () -> {});
            lines.add(TestLines.line(learner.snapshot(state, address.substring(address.indexOf('/') + 1))));
        });
        return lines;
    }
}

package io.freshet.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.sample.SampleDecoder;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** The oracle: learns the samples one after another, on one thread, without a job. */
final class SampleOracle {
    private SampleOracle() {}

    /** Passes on each model key's state after every sample that makes a new version, and at the end. */
    static void learn(List<ModelSpec> specs, List<byte[]> samples, BiConsumer<String, Current> after) throws Exception {
        RowLayout layout = RowLayout.of(specs);
        SampleDecoder decoder = new SampleDecoder(layout);
        Row row = new Row(layout);
        for (ModelSpec spec : specs) {
            Learner learner = new Learner(spec);
            FeatureEncoder encoder = new FeatureEncoder(spec, layout);
            Map<String, LearnerState> states = new HashMap<>();
            for (int i = 0; i < samples.size(); i++) {
                decoder.decode(samples.get(i), 0, row);
                String key = spec.key() == null ? "" : row.text(layout.text(spec.key()));
                LearnerState state = states.computeIfAbsent(key, any -> learner.start());
                long before = state.samples();
                learner.learn(state, encoder.encode(row, 0, i));
                if (state.samples() > before) {
                    after.accept(spec.name() + "/" + key, new Current(learner, state, key));
                }
            }
            states.forEach((key, state) -> {
                learner.finish(state, () -> {});
                after.accept(spec.name() + "/" + key, new Current(learner, state, key));
            });
        }
    }

    /** Returns the final snapshot of each model key, by address. */
    static Map<String, Snapshot> last(List<ModelSpec> specs, List<byte[]> samples) throws Exception {
        Map<String, Current> states = new TreeMap<>();
        learn(specs, samples, states::put);
        Map<String, Snapshot> last = new TreeMap<>();
        states.forEach((address, state) -> last.put(address, state.snapshot()));
        return last;
    }

    /** Asserts that the last published snapshot of each model key equals the oracle's. */
    static void assertLearned(Map<String, PublishedSnapshot> published, List<ModelSpec> specs, List<byte[]> samples)
            throws Exception {
        Map<String, Snapshot> expected = last(specs, samples);
        assertThat(published.keySet()).isEqualTo(expected.keySet());
        published.forEach((address, last) -> {
            assertThat(last.snapshot().version())
                    .as("version of %s", address)
                    .isEqualTo(expected.get(address).version());
            assertThat(last.snapshot().parameters())
                    .as("parameters of %s", address)
                    .isEqualTo(expected.get(address).parameters());
        });
    }

    /** The current state of a model key; copied only by {@link #snapshot}. */
    record Current(Learner learner, LearnerState state, String key) {
        long version() {
            return state.samples();
        }

        Snapshot snapshot() {
            return learner.snapshot(state, key);
        }
    }
}

package io.freshet.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.sample.SampleDecoder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Learns a stream in one loop. For each model key it starts at the first sample in the final snapshot's lineage, and
 * switches to each specification at the sample recorded there.
 */
final class ControlLoop {
    private final ControlRun run;
    private final List<ModelSpec> specs;
    private final long sent;
    private final RowLayout layout;

    /**
     * @param specs one of each model; its other specifications have no other fields, and the same key
     * @param sent number of samples in the stream
     */
    ControlLoop(ControlRun run, List<ModelSpec> specs, long sent) {
        this.run = run;
        this.specs = specs;
        this.sent = sent;
        layout = RowLayout.of(specs);
    }

    /** Processes one sample for one model key. */
    private interface Action {
        void process(String address, String key, long offset, Row row) throws Exception;
    }

    private void forEach(Action action) throws Exception {
        SampleDecoder decoder = new SampleDecoder(layout);
        Row row = new Row(layout);
        for (long offset = 0; offset < sent; offset++) {
            decoder.decode(TestStream.value(offset), 0, row);
            for (ModelSpec spec : specs) {
                String key = spec.key() == null ? "" : row.text(layout.text(spec.key()));
                action.process(spec.name() + "/" + key, key, offset, row);
            }
        }
    }

    /** Waits until every model key has published a snapshot that includes its last sample. */
    void awaitEnd() throws Exception {
        Map<String, Long> last = new HashMap<>();
        forEach((address, key, offset, row) -> last.put(address, offset));
        run.view()
                .until(
                        "all samples are learned",
                        () -> run.view().snapshots().keySet().equals(last.keySet())
                                && last.keySet().stream()
                                        .allMatch(address ->
                                                run.view().lineage(address).offsets()[0] == last.get(address)));
    }

    /** Asserts that the last snapshots equal those of the loop. */
    void assertEqualSnapshots() throws Exception {
        Map<String, LearnerState> states = new TreeMap<>();
        Map<String, String> stateHashes = new HashMap<>();
        Map<Learner, FeatureEncoder> encoders = new HashMap<>();
        forEach((address, key, offset, row) -> {
            Lineage lineage = run.view().lineage(address);
            if (offset < lineage.firstOffsets()[0]) {
                return;
            }
            LearnerState state = states.get(address);
            Learner learner =
                    learner(lineage, state == null ? 0 : state.lineage().position());
            String before = stateHashes.put(address, learner.stateHash());
            if (state == null || before == null) {
                state = learner.start();
            } else if (!before.equals(learner.stateHash())) {
                state = learner.changeFeatures(state, before);
            }
            states.put(address, state);
            if (learner.needsRebase(state)) {
                learner.rebase(state, key);
            }
            FeatureEncoder encoder = encoders.computeIfAbsent(learner, each -> new FeatureEncoder(each.spec(), layout));
            learner.learn(state, encoder.encode(row, 0, offset));
        });
        assertThat(run.view().snapshots().keySet()).isEqualTo(states.keySet());
        run.view().snapshots().forEach((address, published) -> {
            Snapshot snapshot = published.snapshot();
            LearnerState state = states.get(address);
            assertThat(snapshot.version()).as(address).isEqualTo(state.samples());
            assertThat(snapshot.parameters())
                    .as(address)
                    .isEqualTo(state.weights().parameters());
            assertThat(snapshot.moments()).as(address).isEqualTo(state.moments());
        });
    }

    /** Returns the learner for the sample at a position. */
    private Learner learner(Lineage lineage, long position) {
        String hash = "";
        for (Lineage.Change change : lineage.changes()) {
            if (change.position() <= position) {
                hash = change.specHash();
            }
        }
        Learner learner = run.learner(hash);
        assertThat(learner).as("specification %s, at %d", hash, position).isNotNull();
        return learner;
    }
}

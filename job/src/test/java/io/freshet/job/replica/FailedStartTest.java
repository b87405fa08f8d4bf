package io.freshet.job.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.KeyedStateHarness;
import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.record.ModelKey;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.snapshot.RoundsRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Would catch a model with replicas that fails the job since its states cannot be created, or whose other subtasks wait for it. */
class FailedStartTest {
    private static final Learner LEARNER = new Learner(
            ModelSpec.parse(
                    "{name: m, label: y, loss: mean-squared-error,"
                            + " optimizer: {type: sgd}, features: {categorical: [c], hashBits: 15}, replicas: {count: 2, period: 10}}"));
    private static final byte FAILED = 4;
    private static final List<String> KEYS = ModelKey.ofReplicas("m", 2);

    private final List<KeyedBytes> sent = new ArrayList<>();
    private final Set<String> followed = new TreeSet<>();

    @Test
    void a_model_whose_states_cannot_be_created_fails_alone_and_everywhere() throws Exception {
        try (KeyedStateHarness state = new KeyedStateHarness(Backend.HEAP, null)) {
            ReplicaRun run = new ReplicaRun("run", 2, false, FailedStartTest::isHere, () -> 0);
            ReplicaGroups groups = new ReplicaGroups(state.backend(), state.store(), run);
            groups.open(listener -> new Sent(), new NoListener());
            String reason = groups.start(LEARNER, KEYS);
            assertThat(reason).contains("no room for replica 1");
            assertThat(followed).containsExactly("m/merged");
            RoundsRecord record =
                    RoundsRecord.read(Objects.requireNonNull(sent.get(0).value()));
            assertThat(record.type()).isEqualTo(FAILED);
            assertThat(record.origin()).isEqualTo("run-1");
            assertThat(groups.start(LEARNER, KEYS)).isEqualTo(reason);
            groups.checkpoint();
            assertThat(state.entries()).isZero();
        }
    }

    /** Otherwise, its replicas would start again, beside a reducer of a later round. */
    @Test
    void a_model_whose_states_have_other_keys_fails() throws Exception {
        ReplicaRun run = new ReplicaRun("run", 2, false, key -> true, () -> 0);
        try (KeyedStateHarness before = new KeyedStateHarness(Backend.HEAP, null)) {
            ReplicaGroups groups = new ReplicaGroups(before.backend(), before.store(), run);
            groups.open(listener -> new Sent(), new NoListener());
            assertThat(groups.start(LEARNER, List.of("m/0~", "m/1~"))).isNull();
            groups.checkpoint();
            OperatorSubtaskState stored = before.snapshot();
            assertThat(restarted(stored, run, List.of("m/0~", "m/1~"))).isNull();
            assertThat(restarted(stored, run, KEYS))
                    .isEqualTo("state: stored as m/0~, m/1~ (expected: the keys of the model, such as " + KEYS.get(0)
                            + ")");
        }
    }

    private @Nullable String restarted(OperatorSubtaskState stored, ReplicaRun run, List<String> keys)
            throws Exception {
        try (KeyedStateHarness after = new KeyedStateHarness(Backend.HEAP, stored)) {
            ReplicaGroups groups = new ReplicaGroups(after.backend(), after.store(), run);
            groups.open(listener -> new Sent(), new NoListener());
            return groups.start(LEARNER, keys);
        }
    }

    /** The second state that the model needs here cannot be created. */
    private static boolean isHere(String modelKey) {
        if (modelKey.equals(KEYS.get(1))) {
            throw new IllegalStateException("no room for replica 1");
        }
        return true;
    }

    private final class Sent implements RoundsLog.Connection {
        @Override
        public void follow(String key, long start) {
            followed.add(key);
        }

        @Override
        public void send(KeyedBytes record, long timestamp) {
            sent.add(record);
        }

        @Override
        public void flush() {}

        @Override
        public Map<String, Exception> takeRefused() {
            return Map.of();
        }

        @Override
        public void close() {}
    }

    private static final class NoListener implements RoundsLog.Listener {
        @Override
        public void received(List<RoundsLog.Entry> records) {}

        @Override
        public void caughtUp(String key) {}

        @Override
        public void refused() {}

        @Override
        public void unusable(Exception failure) {}

        @Override
        public void failed(Exception failure) {}
    }
}

package io.freshet.job.record;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.ReplicaSettings;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/** The two parts of a model key, {@code model/key}. A model's name has no slash. */
public final class ModelKey {
    /** Number of key groups, which is the maximum parallelism. Fixed for the lifetime of a job's state. */
    public static final int KEY_GROUPS = 128;

    /** Follows the number of a replica in its model key. */
    private static final char SUFFIX = '~';

    private ModelKey() {}

    /** Returns the model key of a model without a key field. */
    public static String ofWhole(String model) {
        return model + "/";
    }

    /**
     * Returns the model keys of all replicas of a model, from which they learn, such as {@code model/0~7}. Flink finds the subtask of
     * a key by its hash, which may put two replicas into one subtask, on one core. So each key has a suffix that moves it to the
     * middle of a range of key groups of its own. Subtasks then have equally many of up to {@value #KEY_GROUPS} replicas, give or
     * take two, and one each if they are as many, up to 66.
     */
    public static List<String> ofReplicas(String model, int count) {
        return IntStream.range(0, count)
                .mapToObj(replica -> ofReplica(model, replica, (int) ((2L * replica + 1) * KEY_GROUPS / (2L * count))))
                .toList();
    }

    private static String ofReplica(String model, int replica, int keyGroup) {
        String plain = model + "/" + replica + SUFFIX;
        return IntStream.range(0, 1 << 16)
                .mapToObj(suffix -> plain + suffix)
                .filter(key -> KeyGroupRangeAssignment.assignToKeyGroup(key, KEY_GROUPS) == keyGroup)
                .findFirst()
                .orElse(plain);
    }

    /** Returns the model keys of the replicas of a model; empty if it has none. */
    public static List<String> ofReplicas(ModelSpec spec) {
        ReplicaSettings replicas = spec.replicas();
        return replicas == null ? List.of() : ofReplicas(spec.name(), replicas.count());
    }

    /** Returns the number of the replica that has a model key. */
    public static int replica(String modelKey) {
        String key = key(modelKey);
        return Integer.parseInt(key.substring(0, key.indexOf(SUFFIX)));
    }

    public static String model(String modelKey) {
        return modelKey.substring(0, modelKey.indexOf('/'));
    }

    /** Returns the value of the key field, or "". */
    public static String key(String modelKey) {
        return modelKey.substring(modelKey.indexOf('/') + 1);
    }

    public static boolean isOf(String modelKey, String model) {
        return modelKey.startsWith(model + "/");
    }
}

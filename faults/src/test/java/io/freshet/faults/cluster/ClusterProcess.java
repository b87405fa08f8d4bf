package io.freshet.faults.cluster;

import java.util.List;

/** One process of the cluster. */
public enum ClusterProcess {
    BROKER(BrokerMain.class.getName(), "400m"),
    JOB_MANAGER("org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint", "400m"),
    TASK_MANAGER_1("org.apache.flink.runtime.taskexecutor.TaskManagerRunner", "300m"),
    TASK_MANAGER_2("org.apache.flink.runtime.taskexecutor.TaskManagerRunner", "300m");

    /** In the order of starting. */
    public static final List<ClusterProcess> ALL = List.of(values());

    public final String mainClass;
    public final String heap;

    ClusterProcess(String mainClass, String heap) {
        this.mainClass = mainClass;
        this.heap = heap;
    }

    /** Returns a name such as {@code task-manager-1}. */
    public String title() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}

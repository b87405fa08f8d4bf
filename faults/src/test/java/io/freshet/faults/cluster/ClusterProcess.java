package io.freshet.faults.cluster;

import java.util.List;

/** One process of a cluster. */
public enum ClusterProcess {
    BROKER(BrokerMain.class.getName(), "400m"),
    JOB_MANAGER("org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint", "400m"),
    TASK_MANAGER_1("org.apache.flink.runtime.taskexecutor.TaskManagerRunner", "300m"),
    TASK_MANAGER_2("org.apache.flink.runtime.taskexecutor.TaskManagerRunner", "300m"),
    /** Flink contains ZooKeeper's server, in another package. */
    ZOOKEEPER("org.apache.flink.shaded.zookeeper3.org.apache.zookeeper.server.ZooKeeperServerMain", "100m"),
    SESSION_MANAGER_1("org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint", "400m"),
    SESSION_MANAGER_2("org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint", "400m");

    /** An application cluster, in the order of starting. */
    public static final List<ClusterProcess> ALL = List.of(BROKER, JOB_MANAGER, TASK_MANAGER_1, TASK_MANAGER_2);

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

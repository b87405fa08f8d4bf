package io.freshet.faults;

import java.util.List;

/** One process of the cluster. */
enum Part {
    BROKER(BrokerMain.class.getName(), "400m"),
    JOB_MANAGER("org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint", "400m"),
    TASK_MANAGER_1("org.apache.flink.runtime.taskexecutor.TaskManagerRunner", "300m"),
    TASK_MANAGER_2("org.apache.flink.runtime.taskexecutor.TaskManagerRunner", "300m");

    /** In the order in which they are started. */
    static final List<Part> ALL = List.of(values());

    final String mainClass;
    final String heap;

    Part(String mainClass, String heap) {
        this.mainClass = mainClass;
        this.heap = heap;
    }

    /** For example {@code task-manager-1}. */
    String title() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}

package io.freshet.cli.dev;

import io.freshet.job.topology.FormatOptions;
import io.freshet.job.topology.StateSettings;

/**
 * How a {@link Dev} stack runs.
 *
 * @param directory closed at the end of the run
 * @param port of the server, or 0 for any free one
 * @param kafkaPort port of the broker, or 0 for any free one
 * @param topics of which the job learns the samples topic
 * @param format of the samples topic, unless an earlier run has recorded it
 * @param state where the job keeps its models
 */
public record DevSettings(
        StackDirectory directory,
        int port,
        int kafkaPort,
        StackTopics topics,
        FormatOptions format,
        StateSettings state) {
    /** Starts broker and cluster. Each partition has a subtask, up to the number of cores. */
    LocalStack open() throws Exception {
        int parallelism = Math.min(topics.partitions(), Runtime.getRuntime().availableProcessors());
        return LocalStack.open(directory, kafkaPort, topics, parallelism, state);
    }
}

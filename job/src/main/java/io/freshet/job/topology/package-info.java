/**
 * The job graph on one screen: sources, operators, sinks, and Flink settings; the command-line options that choose them;
 * and what is checked before the job starts: rights in Kafka, the class path, and the checkpoint to resume from.
 *
 * <p>The operators belong in the packages along the path of a sample, which do not depend on the graph.
 */
@NullMarked
package io.freshet.job.topology;

import org.jspecify.annotations.NullMarked;

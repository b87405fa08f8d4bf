/**
 * The job graph: its sources, operators, and sinks, and the Flink settings that it needs.
 *
 * <p>What the operators do is in the packages along the path of a sample, which know nothing of the graph.
 */
@NullMarked
package io.freshet.job.topology;

import org.jspecify.annotations.NullMarked;

/**
 * The job graph: sources, operators, sinks, and required Flink settings.
 *
 * <p>The operators belong in the packages along the path of a sample, which do not depend on the graph.
 */
@NullMarked
package io.freshet.job.topology;

import org.jspecify.annotations.NullMarked;

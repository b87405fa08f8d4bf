/** What checkpoints, large models and many models cost: whole runs of the job, from samples made in the same JVM. */
@NullMarked
package io.freshet.benchmarks.state;

import org.jspecify.annotations.NullMarked;

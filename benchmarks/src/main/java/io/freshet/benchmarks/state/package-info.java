/**
 * Runs of the whole job, with generated samples, that measure checkpoints, large models, and many models.
 *
 * <p>Benchmarks of single parts belong in {@code benchmarks}.
 */
@NullMarked
package io.freshet.benchmarks.state;

import org.jspecify.annotations.NullMarked;

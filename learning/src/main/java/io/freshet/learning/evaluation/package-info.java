/**
 * How well a model predicts each sample before it learns it (progressive validation), and the detectors that watch it
 * for drift, divergence, and plateaus.
 *
 * <p>Tallies are sums, which can be checkpointed, merged over keys, and read as metrics at any time. Publishing them is
 * in the {@code schemas} module.
 */
@NullMarked
package io.freshet.learning.evaluation;

import org.jspecify.annotations.NullMarked;

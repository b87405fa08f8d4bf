/** Simulations of labels that arrive late or change, with known probabilities and delays. Nothing here measures speed. */
@NullMarked
package io.freshet.benchmarks.labels;

import org.jspecify.annotations.NullMarked;

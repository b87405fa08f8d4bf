/**
 * Products of dense matrices, for nets on mini-batches: {@link io.freshet.learning.linalg.Gemm} over {@code float[]}, computed by OpenBLAS
 * without a copy; and sums of magnitudes, to bound what comes of them.
 *
 * <p>All that knows of native libraries is here, and nothing else: no layer, no activation, no element-wise loop, no state.
 */
@NullMarked
package io.freshet.learning.linalg;

import org.jspecify.annotations.NullMarked;

/**
 * What watches a model learn: one number a sample or a window in, the moments of change out.
 *
 * <p>Nothing here touches parameters, keeps samples or knows where the numbers come from.
 */
@NullMarked
package io.freshet.learning.watch;

import org.jspecify.annotations.NullMarked;

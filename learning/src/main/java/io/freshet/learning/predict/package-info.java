/**
 * Snapshots of one model key, and the predictions, scores, and warm starts from them. Learning from samples is in {@code learner}.
 */
@NullMarked
package io.freshet.learning.predict;

import org.jspecify.annotations.NullMarked;

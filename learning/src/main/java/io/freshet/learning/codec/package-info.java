/**
 * Learner states as bytes, for checkpoints. The wire formats of published records are in the {@code schemas} module.
 */
@NullMarked
package io.freshet.learning.codec;

import org.jspecify.annotations.NullMarked;

/**
 * Detectors that watch a model learn: they receive one number per sample or window, and report changes. They do not touch
 * parameters, keep samples, or know where the numbers come from.
 */
@NullMarked
package io.freshet.learning.watch;

import org.jspecify.annotations.NullMarked;

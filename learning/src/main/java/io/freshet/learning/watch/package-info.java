/**
 * Detectors that watch a model learn: they receive one number per sample or window, and report changes. They do not access
 * parameters or samples.
 */
@NullMarked
package io.freshet.learning.watch;

import org.jspecify.annotations.NullMarked;

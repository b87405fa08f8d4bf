/**
 * Speed, measured: JMH benchmarks of the parts and end-to-end runs of the whole.
 * No other module may depend on this one, and nothing here may be the only test of a behaviour.
 */
@NullMarked
package io.freshet.benchmarks;

import org.jspecify.annotations.NullMarked;

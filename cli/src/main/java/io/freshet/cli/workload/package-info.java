/**
 * Generated samples to measure with, and the models that learn them.
 *
 * <p>How they are measured is in {@code bench}.
 */
@NullMarked
package io.freshet.cli.workload;

import org.jspecify.annotations.NullMarked;

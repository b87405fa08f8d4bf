/**
 * What the server counts and measures of itself, in Prometheus' format.
 *
 * <p>No label may take more values than there are models: keys are never labels.
 */
@NullMarked
package io.freshet.server.metrics;

import org.jspecify.annotations.NullMarked;

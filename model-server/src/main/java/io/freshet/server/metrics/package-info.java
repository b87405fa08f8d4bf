/**
 * The server's own metrics, in Prometheus' format.
 *
 * <p>No label may have more values than there are models, so keys are never labels.
 */
@NullMarked
package io.freshet.server.metrics;

import org.jspecify.annotations.NullMarked;

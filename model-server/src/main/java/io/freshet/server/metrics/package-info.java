/**
 * The server's own metrics, in Prometheus's format, and what only a server knows to be wrong with a model.
 *
 * <p>A key is never a label, so the number of time series grows only with the number of models.
 */
@NullMarked
package io.freshet.server.metrics;

import org.jspecify.annotations.NullMarked;

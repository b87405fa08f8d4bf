/**
 * Parses and checks Open Inference Protocol requests.
 *
 * <p>Checks that depend on the model are in {@code predict}.
 */
@NullMarked
package io.freshet.server.request;

import org.jspecify.annotations.NullMarked;

/**
 * Parses and checks Open Inference Protocol requests.
 *
 * <p>Nothing here knows which models exist.
 */
@NullMarked
package io.freshet.server.request;

import org.jspecify.annotations.NullMarked;

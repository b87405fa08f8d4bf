/**
 * Runs inference: finds the parameter sets for a request, encodes its rows, predicts them, and selects the outputs.
 *
 * <p>Independent of HTTP; requests are parsed in {@code request} and responses written in {@code http}.
 */
@NullMarked
package io.freshet.server.predict;

import org.jspecify.annotations.NullMarked;

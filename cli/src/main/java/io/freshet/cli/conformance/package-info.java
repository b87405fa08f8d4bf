/**
 * Checks a server against the Open Inference Protocol, as a client sees it.
 *
 * <p>Works with any server that implements the protocol, so nothing here depends on this project's server, except the
 * messages generated from the protocol.
 */
@NullMarked
package io.freshet.cli.conformance;

import org.jspecify.annotations.NullMarked;

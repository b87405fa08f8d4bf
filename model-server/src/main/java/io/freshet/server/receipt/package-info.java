/**
 * Rows of requests to a topic, with a receipt for each: the brokers have it, or why not.
 *
 * <p>What a row is belongs in {@code learn} and {@code feedback}.
 */
@NullMarked
package io.freshet.server.receipt;

import org.jspecify.annotations.NullMarked;

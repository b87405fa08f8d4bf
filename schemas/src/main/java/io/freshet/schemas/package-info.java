/**
 * The contract on the wire: codecs between the bytes on Kafka's topics and the types of {@code learning}.
 *
 * <p>Avro's classes do not leave this package, and it opens no connection: clients live in {@code job}, {@code
 * model-server} and {@code cli}.
 */
@NullMarked
package io.freshet.schemas;

import org.jspecify.annotations.NullMarked;

/**
 * The wire format: codecs between the bytes on Kafka topics and the types of {@code learning}, and the version of Freshet
 * that snapshots record.
 *
 * <p>Avro classes are not exposed to other modules. Clients belong in {@code job}, {@code model-server}, and {@code cli}.
 */
@NullMarked
package io.freshet.schemas;

import org.jspecify.annotations.NullMarked;

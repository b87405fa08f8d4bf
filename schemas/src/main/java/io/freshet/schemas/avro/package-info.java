/**
 * Avro single-object encoding and the schema history of every record.
 *
 * <p>One package per contract builds on it.
 */
@NullMarked
package io.freshet.schemas.avro;

import org.jspecify.annotations.NullMarked;

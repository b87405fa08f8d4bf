/**
 * Avro single-object encoding and the schema history of every record.
 *
 * <p>What the records contain belongs in the package of each record type.
 */
@NullMarked
package io.freshet.schemas.avro;

import org.jspecify.annotations.NullMarked;

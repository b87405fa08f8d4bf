/**
 * Avro single-object encoding, the schema history of every record, and copies of metrics and history for other systems.
 *
 * <p>What the records contain belongs in the package of each record type.
 */
@NullMarked
package io.freshet.schemas.avro;

import org.jspecify.annotations.NullMarked;

/**
 * Records as producers have them, JSON and any Avro record in Confluent's frame: their fields by name or path, put into
 * the rows that models are encoded from.
 *
 * <p>No client of a schema registry is here: whoever decodes hands one in ({@link io.freshet.schemas.input.SchemaRegistry}).
 */
@NullMarked
package io.freshet.schemas.input;

import org.jspecify.annotations.NullMarked;

/**
 * Decodes Avro records of any schema in the Confluent wire format.
 *
 * <p>The registry client is in the {@code job}.
 */
@NullMarked
package io.freshet.schemas.confluent;

import org.jspecify.annotations.NullMarked;

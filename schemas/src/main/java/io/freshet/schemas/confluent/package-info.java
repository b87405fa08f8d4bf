/**
 * Decodes Avro records of any schema in the Confluent wire format.
 *
 * <p>The registry client belongs in {@code job}, and other formats in their own packages.
 */
@NullMarked
package io.freshet.schemas.confluent;

import org.jspecify.annotations.NullMarked;

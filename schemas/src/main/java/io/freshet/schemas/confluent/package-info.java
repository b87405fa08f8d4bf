/**
 * Decodes Avro records of any schema in the Confluent wire format.
 *
 * <p>The registry client belongs in {@code job}. Other formats have their own packages.
 */
@NullMarked
package io.freshet.schemas.confluent;

import org.jspecify.annotations.NullMarked;

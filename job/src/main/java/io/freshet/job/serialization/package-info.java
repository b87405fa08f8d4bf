/**
 * Shared parts of the serializers: immutable values without Kryo, and compressed runs of zeros.
 *
 * <p>Each serializer belongs next to its value.
 */
@NullMarked
package io.freshet.job.serialization;

import org.jspecify.annotations.NullMarked;

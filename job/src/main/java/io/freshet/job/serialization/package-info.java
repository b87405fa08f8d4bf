/**
 * What the serializers of other packages share: immutable values without Kryo, and compressed runs of zeros.
 *
 * <p>Each serializer is next to its value.
 */
@NullMarked
package io.freshet.job.serialization;

import org.jspecify.annotations.NullMarked;

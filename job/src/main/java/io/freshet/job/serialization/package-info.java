/**
 * What our serializers share: values that are never changed, written by hand, and known to Flink without Kryo.
 *
 * <p>Each serializer lives with its value; nothing here knows one of them.
 */
@NullMarked
package io.freshet.job.serialization;

import org.jspecify.annotations.NullMarked;

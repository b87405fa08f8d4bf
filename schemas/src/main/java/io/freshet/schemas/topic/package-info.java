/**
 * Topic names and record keys.
 *
 * <p>Record values belong in the package of their record type.
 */
@NullMarked
package io.freshet.schemas.topic;

import org.jspecify.annotations.NullMarked;

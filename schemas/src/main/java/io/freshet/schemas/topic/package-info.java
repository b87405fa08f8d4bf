/**
 * Topic names, record keys, headers of dead letters, and the largest record.
 *
 * <p>Record values belong in the package of their record type.
 */
@NullMarked
package io.freshet.schemas.topic;

import org.jspecify.annotations.NullMarked;

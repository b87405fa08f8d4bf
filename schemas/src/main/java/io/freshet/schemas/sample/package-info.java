/**
 * Samples: the records of the samples topic, in the format of Freshet and in others, whose fields are found by name or
 * path.
 */
@NullMarked
package io.freshet.schemas.sample;

import org.jspecify.annotations.NullMarked;

/**
 * Types that cross an edge of the job graph, with their serializers.
 *
 * <p>Types of keyed state belong in {@code state}.
 */
@NullMarked
package io.freshet.job.record;

import org.jspecify.annotations.NullMarked;

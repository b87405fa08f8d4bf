/** The watermarks of the source of the join. */
@NullMarked
package io.freshet.job.join.time;

import org.jspecify.annotations.NullMarked;

/**
 * From bytes to samples: each record is decoded once and encoded for every model that it is for.
 *
 * <p>Records that cannot be learned become dead letters here, with their bytes. The only state is the specifications.
 */
@NullMarked
package io.freshet.job.decode;

import org.jspecify.annotations.NullMarked;

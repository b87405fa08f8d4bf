/**
 * From bytes to samples: each record is decoded once and encoded for every model that it is for.
 *
 * <p>What cannot be learned leaves for the dead-letter topic here, with its bytes; no state but the specifications.
 */
@NullMarked
package io.freshet.job.decode;

import org.jspecify.annotations.NullMarked;

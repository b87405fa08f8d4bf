/**
 * From bytes to samples: decodes each record once, and encodes it for each of its models.
 *
 * <p>Records that cannot be decoded or encoded become dead letters here. The only state is the specifications.
 */
@NullMarked
package io.freshet.job.decode;

import org.jspecify.annotations.NullMarked;

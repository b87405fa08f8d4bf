/**
 * From records to requests and outcomes: reads answers, features, and outcomes, checks them against the specifications of joined
 * models.
 *
 * <p>Records that cannot be read become dead letters here.
 */
@NullMarked
package io.freshet.job.join.decode;

import org.jspecify.annotations.NullMarked;

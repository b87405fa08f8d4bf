/**
 * From records to requests and outcomes: reads answers, features, and outcomes, checks them against the specifications of joined
 * models, and decides which event time each partition has reached.
 *
 * <p>Records that cannot be read become dead letters here.
 */
@NullMarked
package io.freshet.job.join.decode;

import org.jspecify.annotations.NullMarked;

/**
 * Tests of the job, the server, and the commands with a Kafka that authenticates them and restricts what they may do.
 *
 * <p>Nothing here kills anything: faults are in the other packages.
 */
@NullMarked
package io.freshet.faults.secured;

import org.jspecify.annotations.NullMarked;

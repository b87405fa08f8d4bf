/**
 * The {@code freshet} command: broker, job and server in one JVM, and the tools around them.
 * It wires what the other modules do; what a cluster would need as well may not live here.
 */
@NullMarked
package io.freshet.cli;

import org.jspecify.annotations.NullMarked;

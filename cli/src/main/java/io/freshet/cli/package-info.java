/**
 * The {@code freshet} command: broker, job, and server in one JVM, and the tools around them.
 *
 * <p>Commands wire up the other modules. Code that a cluster also needs belongs in those modules.
 */
@NullMarked
package io.freshet.cli;

import org.jspecify.annotations.NullMarked;

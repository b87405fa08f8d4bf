/**
 * {@code freshet demo}: broker, job, stream, and server in one JVM.
 *
 * <p>The embedded parts themselves are in {@code embedded}.
 */
@NullMarked
package io.freshet.cli.demo;

import org.jspecify.annotations.NullMarked;

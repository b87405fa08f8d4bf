/**
 * Measures the path of a sample on this machine: {@code freshet bench}.
 *
 * <p>The code under test is that of the job and the server; nothing here is on its path.
 */
@NullMarked
package io.freshet.benchmarks.bench;

import org.jspecify.annotations.NullMarked;

/** Compares the model server with a bare handler of requests, and measures what swaps cost its clients. */
@NullMarked
package io.freshet.benchmarks.serving;

import org.jspecify.annotations.NullMarked;

/** Estimates how many cores and how much memory a model needs, by learning and storing it in this process. */
@NullMarked
package io.freshet.cli.size;

import org.jspecify.annotations.NullMarked;

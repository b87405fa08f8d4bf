/**
 * Creates and lists topics: {@code freshet topics}.
 *
 * <p>The topic plan itself is in {@code kafka}.
 */
@NullMarked
package io.freshet.cli.topics;

import org.jspecify.annotations.NullMarked;

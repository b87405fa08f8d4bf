/**
 * The command {@code topics}, which creates and lists topics.
 * Which topics there are, with which settings, is in {@code kafka}.
 */
@NullMarked
package io.freshet.cli.topics;

import org.jspecify.annotations.NullMarked;

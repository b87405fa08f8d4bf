/**
 * The command {@code topics}, which creates and lists topics.
 * The names and settings of the topics are in {@code kafka}.
 */
@NullMarked
package io.freshet.cli.topics;

import org.jspecify.annotations.NullMarked;

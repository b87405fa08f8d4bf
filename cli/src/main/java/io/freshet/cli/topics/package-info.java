/**
 * The commands {@code topics}, which creates and lists topics, and {@code acls}, which prints the rights that each role needs.
 * The names and settings of the topics are in {@code kafka}.
 */
@NullMarked
package io.freshet.cli.topics;

import org.jspecify.annotations.NullMarked;

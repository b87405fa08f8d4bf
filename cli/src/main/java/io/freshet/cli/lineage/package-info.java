/**
 * The commands {@code replay} and {@code diff}: replay one of a model's snapshots, and compare two. Learning is in {@code learning} and decoding in {@code job}; nothing here writes to a topic.
 */
@NullMarked
package io.freshet.cli.lineage;

import org.jspecify.annotations.NullMarked;

/**
 * The commands {@code history}, {@code replay}, and {@code diff}: list a model's snapshots, replay one, and compare
 * two. Learning is in {@code learning} and decoding in {@code job}; nothing here writes to a topic.
 */
@NullMarked
package io.freshet.cli.lineage;

import org.jspecify.annotations.NullMarked;

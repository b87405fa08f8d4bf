/**
 * What models learned from: lists their snapshots, learns one again from the samples, and compares two.
 * Learning itself is {@code learning}'s and decoding {@code job}'s; nothing here writes to a topic.
 */
@NullMarked
package io.freshet.cli.lineage;

import org.jspecify.annotations.NullMarked;

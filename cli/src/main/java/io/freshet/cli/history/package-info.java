/**
 * The history of a model, and what can be rebuilt from it: {@code history}, {@code replay}, {@code diff}, {@code
 * answer}, {@code weights}, {@code snapshot}. Reading the topic keeps only what a command needs, since it may have
 * millions of entries.
 */
@NullMarked
package io.freshet.cli.history;

import org.jspecify.annotations.NullMarked;

/**
 * The history topic, and the command {@code history}: a model's snapshots and what each learned from. Reading it keeps only
 * what a command needs, since it may have millions of entries.
 */
@NullMarked
package io.freshet.cli.history;

import org.jspecify.annotations.NullMarked;

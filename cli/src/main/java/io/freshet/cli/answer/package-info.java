/**
 * The command {@code answer}: from a logged answer back to its cause, and on to its outcome.
 *
 * <p>Versions are found and replayed by {@code io.freshet.cli.lineage}.
 */
@NullMarked
package io.freshet.cli.answer;

import org.jspecify.annotations.NullMarked;

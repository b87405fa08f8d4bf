/**
 * Finds snapshots by what a user names: a file, a model, or a version. Their formats are in {@code schemas}.
 */
@NullMarked
package io.freshet.cli.snapshot;

import org.jspecify.annotations.NullMarked;

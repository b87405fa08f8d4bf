/**
 * The files that a command writes: checked before anything starts, and replaced only when their contents are complete.
 * Their formats belong elsewhere.
 */
@NullMarked
package io.freshet.cli.files;

import org.jspecify.annotations.NullMarked;

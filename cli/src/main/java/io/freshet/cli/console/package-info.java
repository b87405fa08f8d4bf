/**
 * Output, tables, and errors shared by all commands.
 *
 * <p>Each command has its own package.
 */
@NullMarked
package io.freshet.cli.console;

import org.jspecify.annotations.NullMarked;

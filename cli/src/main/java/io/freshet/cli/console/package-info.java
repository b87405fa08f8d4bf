/**
 * Output, tables, and errors shared by all commands.
 *
 * <p>Commands themselves live in the package named for what they do.
 */
@NullMarked
package io.freshet.cli.console;

import org.jspecify.annotations.NullMarked;

/** The command {@code completion}, which prints scripts with which shells complete commands and options. */
@NullMarked
package io.freshet.cli.completion;

import org.jspecify.annotations.NullMarked;

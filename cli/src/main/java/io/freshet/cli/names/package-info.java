/** Finds the names of parameters in files and topics, with the command-line options that say where. */
@NullMarked
package io.freshet.cli.names;

import org.jspecify.annotations.NullMarked;

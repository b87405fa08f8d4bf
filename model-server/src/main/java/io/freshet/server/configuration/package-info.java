/**
 * Options of a command from the command line, the environment, and a YAML file.
 *
 * <p>Which options there are, and what they mean, is up to the command.
 */
@NullMarked
package io.freshet.server.configuration;

import org.jspecify.annotations.NullMarked;

/**
 * The command {@code compare}: trains several specifications on the same samples. Each run is one of {@code train}.
 */
@NullMarked
package io.freshet.cli.compare;

import org.jspecify.annotations.NullMarked;

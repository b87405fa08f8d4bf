/**
 * {@code freshet dev}: the whole product in this process, for a user's own models, and for those of {@code demo}.
 *
 * <p>The models of the demo, and its stream of flights, are in {@code demo}; the broker and the cluster in {@code embedded}.
 */
@NullMarked
package io.freshet.cli.dev;

import org.jspecify.annotations.NullMarked;

/**
 * {@code freshet dev}: the whole product in this process, a broker and a cluster included, for a user's own models, and
 * for those of {@code demo}; and {@code job}, which submits to a cluster.
 */
@NullMarked
package io.freshet.cli.dev;

import org.jspecify.annotations.NullMarked;

/**
 * The page that shows models learning: its files, the curves behind it, and the stream of events that updates it.
 *
 * <p>It reads the latest evaluations and the store and never changes them.
 */
@NullMarked
package io.freshet.server.page;

import org.jspecify.annotations.NullMarked;

/**
 * The page that shows models learning: its files, the curves behind it, and the stream of events that moves it.
 *
 * <p>It reads the scoreboard and the store and never changes them.
 */
@NullMarked
package io.freshet.server.page;

import org.jspecify.annotations.NullMarked;

/**
 * The page that shows models learning: its files, learning curves, and event stream. Also the page that describes the
 * API.
 *
 * <p>Reads the latest evaluations and the model store, and never changes them.
 */
@NullMarked
package io.freshet.server.page;

import org.jspecify.annotations.NullMarked;

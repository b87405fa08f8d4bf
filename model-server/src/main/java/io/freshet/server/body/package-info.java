/**
 * The bytes of a request's body: media types, compression, strict JSON, and the exception that rejects one. What the
 * body means is in {@code request}.
 */
@NullMarked
package io.freshet.server.body;

import org.jspecify.annotations.NullMarked;

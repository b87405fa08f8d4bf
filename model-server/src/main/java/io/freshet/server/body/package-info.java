/**
 * The bytes of requests and responses: media types, compression, strict JSON, and responses until their clients have
 * read them. What a body means is in {@code request}.
 */
@NullMarked
package io.freshet.server.body;

import org.jspecify.annotations.NullMarked;

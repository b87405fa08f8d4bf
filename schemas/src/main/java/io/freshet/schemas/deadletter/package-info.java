/**
 * Headers of the records on the dead-letter topic.
 *
 * <p>The key and value are those of the original record; when to send one is decided in {@code job} and {@code cli}.
 */
@NullMarked
package io.freshet.schemas.deadletter;

import org.jspecify.annotations.NullMarked;

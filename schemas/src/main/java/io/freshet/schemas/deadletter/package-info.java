/**
 * Headers of the records on the dead-letter topic.
 *
 * <p>Keys and values are those of the original records. {@code job} and {@code cli} decide when to send one.
 */
@NullMarked
package io.freshet.schemas.deadletter;

import org.jspecify.annotations.NullMarked;

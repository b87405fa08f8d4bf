/**
 * Answers of the server to a topic, for those who compare predictions with what happened.
 *
 * <p>Never delays a request: what the broker does not take in time is dropped and counted.
 */
@NullMarked
package io.freshet.server.answers;

import org.jspecify.annotations.NullMarked;

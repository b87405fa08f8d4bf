/**
 * A Kafka broker and a Flink cluster inside this JVM, for commands that need no deployment and for tests.
 *
 * <p>Nothing here knows samples or a model's parameters, and nothing here is meant for production.
 */
@NullMarked
package io.freshet.cli.embedded;

import org.jspecify.annotations.NullMarked;

/**
 * A Kafka broker and a Flink cluster inside this JVM, for commands that need no deployment and for tests.
 *
 * <p>Nothing here depends on samples or parameters, and nothing here is for production.
 */
@NullMarked
package io.freshet.cli.embedded;

import org.jspecify.annotations.NullMarked;

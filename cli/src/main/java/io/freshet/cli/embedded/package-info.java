/**
 * What a cluster has as processes of their own, inside this JVM: a Kafka broker on a directory of its own.
 * Nothing here may know samples or models, and nothing here is meant for production.
 */
@NullMarked
package io.freshet.cli.embedded;

import org.jspecify.annotations.NullMarked;

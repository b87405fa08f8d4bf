/**
 * The whole of Freshet in this JVM: an embedded broker, a Flink mini cluster with the job, and for the demo the server.
 *
 * <p>The parts are the real ones, put together and taken down; nothing here learns, serves or encodes.
 */
@NullMarked
package io.freshet.cli.local;

import org.jspecify.annotations.NullMarked;

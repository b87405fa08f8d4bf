/**
 * Which version answers a request, and what clients can ask about versions. The parameters themselves are in {@code store}.
 */
@NullMarked
package io.freshet.server.predict.versions;

import org.jspecify.annotations.NullMarked;

/**
 * Who may do what: tokens with roles, and their checks.
 *
 * <p>Both REST and gRPC use them. What the requests do is up to others.
 */
@NullMarked
package io.freshet.server.access;

import org.jspecify.annotations.NullMarked;

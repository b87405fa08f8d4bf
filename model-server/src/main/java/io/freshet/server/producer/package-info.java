/** What all producers of the server have in common. */
@NullMarked
package io.freshet.server.producer;

import org.jspecify.annotations.NullMarked;

/** How a file is written so that it is never incomplete. What files contain belongs elsewhere. */
@NullMarked
package io.freshet.schemas.file;

import org.jspecify.annotations.NullMarked;

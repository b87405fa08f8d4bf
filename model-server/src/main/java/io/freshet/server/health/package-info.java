/**
 * What only a server knows about the health of models: which are applied, which snapshots its gates refuse, and which versions
 * are pinned. The rule for everything else is in {@code schemas.freshness}.
 */
@NullMarked
package io.freshet.server.health;

import org.jspecify.annotations.NullMarked;

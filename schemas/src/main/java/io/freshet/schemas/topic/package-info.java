/**
 * Names of the topics, and the keys of their records.
 *
 * <p>The values of the records belong in one package for each record type.
 */
@NullMarked
package io.freshet.schemas.topic;

import org.jspecify.annotations.NullMarked;

/**
 * Follows the topics: parameters go into the store, evaluations into the latest evaluations.
 *
 * <p>Bad records are counted and skipped. Nothing here answers requests.
 */
@NullMarked
package io.freshet.server.ingest;

import org.jspecify.annotations.NullMarked;

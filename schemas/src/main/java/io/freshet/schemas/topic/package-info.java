/**
 * Names of the topics and keys of their records.
 *
 * <p>Their contents are in one package per contract.
 */
@NullMarked
package io.freshet.schemas.topic;

import org.jspecify.annotations.NullMarked;

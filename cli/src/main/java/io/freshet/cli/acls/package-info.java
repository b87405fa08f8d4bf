/**
 * The rights that a Kafka cluster with an authorizer has to grant, and the command that grants them.
 *
 * <p>Nothing here creates users or certificates: how a cluster authenticates them is its own affair.
 */
@NullMarked
package io.freshet.cli.acls;

import org.jspecify.annotations.NullMarked;

/** Tests of the manifests for Kubernetes. What they describe is tested in the other modules. */
@NullMarked
package io.freshet.kubernetes;

import org.jspecify.annotations.NullMarked;

/**
 * Reads from the Kubernetes API with what a pod has: a service account's files and the address of
 * the API server. An answer's body is a stream, so that a list of any size takes constant memory.
 *
 * <p>One connection for each client, with deadlines for everything. A failure is one line that says
 * what is missing.
 */
@NullMarked
package io.podtap.core.kubernetes;

import org.jspecify.annotations.NullMarked;

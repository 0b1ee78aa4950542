/**
 * The API server as the injector's programs call it: blocking requests, watches and streams, with
 * the rights of a pod's service account or of a kubeconfig.
 *
 * <p>In: paths and trees; out: trees, or the one line that says which rule is missing. Credentials
 * are read again for every request. Any thread.
 *
 * @see "Kubernetes documentation, API Concepts; Organizing Cluster Access Using kubeconfig Files"
 */
@NullMarked
package io.podtap.injector.cluster;

import org.jspecify.annotations.NullMarked;

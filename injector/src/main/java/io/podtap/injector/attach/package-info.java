/**
 * Taps for pods that run: an ephemeral container through the API server, and what a capture in it
 * writes, streamed to here.
 *
 * <p>In: the name of a pod; out: a container that runs, or why not; or pcapng on a stream that the
 * caller owns. {@link io.podtap.injector.inject.EphemeralTap} decides, this package carries.
 * Blocking, any thread.
 *
 * @see "Kubernetes API, pods/ephemeralcontainers, pods/attach, pods/exec"
 */
@NullMarked
package io.podtap.injector.attach;

import org.jspecify.annotations.NullMarked;

/**
 * Bindings from the Kubernetes API: one list and one watch each of pods, services and nodes.
 *
 * <p>In come objects, read as a stream of which only names and addresses are kept; out go the
 * beginnings and ends of bindings. One thread for each kind of object, which may wait for the
 * network. While the API server is away the last known bindings stay.
 *
 * @see "Kubernetes API concepts: retrieving large results sets in chunks, efficient detection of
 *     changes, watch bookmarks, 410 Gone"
 */
@NullMarked
package io.podtap.sensor.identity.watch;

import org.jspecify.annotations.NullMarked;

/**
 * Discover: which sensors there are now, from the Kubernetes API or from DNS.
 *
 * <p>In: a {@link io.podtap.tap.discover.SensorTarget}, what the user named. Out: the addresses
 * that flows are shared among, as a new list whenever they change ({@link
 * io.podtap.tap.discover.Discovery#poll}), and a status for metrics and reports. One daemon thread
 * that may wait for the network; the data path only picks up what it left and never waits for it.
 * While the API server or DNS is away the last known set stays.
 *
 * <p>Only sensors that are ready count. Those on the tap's own node are preferred: when there is
 * one, the others are not used. What arrives is read as a stream and never kept whole, so the
 * memory does not depend on the length of an answer.
 *
 * @see "Kubernetes API concepts: efficient detection of changes, watch bookmarks, 410 Gone; RFC
 *     9112; RFC 8259"
 */
@NullMarked
package io.podtap.tap.discover;

import org.jspecify.annotations.NullMarked;

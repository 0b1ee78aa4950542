/**
 * The sidecar: joins capture, segment, encapsulate, balance and send.
 *
 * <p>In: the traffic of the pod's interfaces, or a capture file. Out: a faithful copy in a tunnel
 * to one of the sensors, and a ledger in which nothing is missing. {@link io.podtap.tap.Mirror} is
 * the path of a frame, {@link io.podtap.tap.Tap} the loop; {@code start} opens what they need,
 * {@code command} runs them. One hot thread, which is the thread that opened the tap; only the
 * metrics port and the shutdown hook have threads of their own.
 */
@NullMarked
package io.podtap.tap;

import org.jspecify.annotations.NullMarked;

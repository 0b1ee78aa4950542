/**
 * The sensor's programs, {@code podtap sensor} and {@code podtap read}: options become settings,
 * and the stages are joined here.
 *
 * <p>In: tunnels of taps, or a capture file. Out: Zeek-compatible logs. {@link DatagramReceiver}
 * joins receive and decapsulate; frames stay the receive batch's until its end.
 */
@NullMarked
package io.podtap.sensor;

import org.jspecify.annotations.NullMarked;

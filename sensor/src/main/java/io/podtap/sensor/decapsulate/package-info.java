/**
 * Decapsulation of what taps send: from a tunnel's datagram to the frame inside. Tunnels of the
 * monitored traffic are {@code tunnel}'s.
 *
 * <p>In: the payload of one UDP datagram, untrusted. Out: where the inner frame stands and what the
 * tunnel header says of it. Bytes stay the caller's; nothing is copied. RFC 7348 (VXLAN), RFC 8926
 * (Geneve). The receive thread.
 */
@NullMarked
package io.podtap.sensor.decapsulate;

import org.jspecify.annotations.NullMarked;

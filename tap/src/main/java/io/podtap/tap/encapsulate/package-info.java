/**
 * Encapsulate: the headers in front of a mirrored packet.
 *
 * <p>In: what the capture says of a frame. Out: the outer VXLAN or Geneve header ({@link
 * io.podtap.tap.encapsulate.Encapsulator}) and behind it the inner Ethernet header as it was on the
 * wire ({@link io.podtap.tap.encapsulate.LinkHeader}), written to where the packet leaves from. The
 * outer UDP and IP headers are the kernel's. Nothing is allocated. The tap's one hot thread.
 *
 * @see "RFC 7348; RFC 8926; IEEE 802.1Q"
 */
@NullMarked
package io.podtap.tap.encapsulate;

import org.jspecify.annotations.NullMarked;

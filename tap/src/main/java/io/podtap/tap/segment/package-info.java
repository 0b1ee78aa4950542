/**
 * Segment: from what the kernel holds to what was on the wire.
 *
 * <p>In: a frame as AF_PACKET delivered it, its headers located, the bytes that fit the path. Out:
 * one or more network-layer packets with correct lengths and checksums, written straight to where
 * they leave from. The source keeps the frame's bytes, the caller owns the target. Nothing is
 * allocated. The tap's one hot thread.
 *
 * <p>TCP super-frames become segments, UDP super-frames datagrams, as on the wire. What is still
 * too long for the tunnel's path is cut again when it is TCP and becomes IP fragments otherwise, so
 * that a sensor can always put the packet together as it was.
 *
 * @see "RFC 9293; RFC 768; RFC 791 section 3.2; RFC 8200; RFC 2675; linux/virtio_net.h"
 */
@NullMarked
package io.podtap.tap.segment;

import org.jspecify.annotations.NullMarked;

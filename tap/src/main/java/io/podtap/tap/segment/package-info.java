/**
 * Segment: from what the kernel holds to what was on the wire.
 *
 * <p>In: a frame as AF_PACKET delivered it, its headers located, the bytes that fit the path. Out:
 * one or more network-layer packets with correct lengths and checksums, written straight to where
 * they leave from. The source keeps the frame's bytes, the caller owns the target. Nothing is
 * allocated. The tap's one hot thread.
 *
 * <p>Never in more pieces than the wire would have: TCP super-frames become segments, UDP
 * super-frames datagrams. What is still too long for the tunnel's path is cut again when it is TCP,
 * becomes IP fragments when its sender allowed that, and is truncated otherwise, its lengths and
 * checksums kept true.
 *
 * @see "RFC 9293; RFC 768; RFC 791 section 3.2; RFC 8200; RFC 2675; linux/virtio_net.h"
 */
@NullMarked
package io.podtap.tap.segment;

import org.jspecify.annotations.NullMarked;

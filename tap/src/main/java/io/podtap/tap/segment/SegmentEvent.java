/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.segment;

/** What the segment stage had to do to frames: names of its counters, each counts frames. */
public enum SegmentEvent {
  /** A TCP super-frame, cut into segments. */
  TCP_SUPER_FRAME,
  /** A UDP super-frame, cut into datagrams. */
  UDP_SUPER_FRAME,
  /** A UDP super-frame of the old kind, cut into IP fragments as its network device would. */
  UDP_FRAGMENT_SUPER_FRAME,
  /** A super-frame inside a tunnel of the pod: kept whole, in outer fragments or truncated. */
  TUNNEL_SUPER_FRAME,
  /** A frame longer than any IP header can say (BIG TCP). */
  BIG_FRAME,
  /** A TCP packet longer than the path, cut into segments. */
  TCP_CUT_TO_FIT,
  /** A packet longer than the path, cut into IP fragments. */
  FRAGMENTED_TO_FIT,
  /** Of these, one whose sender forbade it: IPv4 with Don't Fragment, or IPv6. */
  DONT_FRAGMENT_OVERRULED,
  /** A packet longer than the path that cannot be fragmented, truncated. */
  TRUNCATED_TO_FIT,
  /** A packet cut for a path that shrank before it left, cut anew; counts packets. */
  REFITTED,
  /** A checksum left to the device, filled in. */
  CHECKSUM_COMPLETED,
  /** A checksum left to the device that cannot be computed since bytes are missing. */
  CHECKSUM_INCOMPLETE,
  /** The capture holds less than the frame had. */
  CAPTURE_TRUNCATED
}

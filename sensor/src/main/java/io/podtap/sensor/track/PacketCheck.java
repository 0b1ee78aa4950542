/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.track;

import io.podtap.core.packet.Checksum;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.Ipv4;
import io.podtap.core.packet.Ipv6;
import java.lang.foreign.MemorySegment;

/** Decides by its IP header whether a packet counts; what is wrong is counted by name. */
public final class PacketCheck {

  /** Tags that a record can hold. */
  private static final int VLAN_TAGS_KEPT = 2;

  /** In the place of a frame's end where nobody knows how long the frame was. */
  public static final long END_UNKNOWN = Long.MAX_VALUE;

  private final boolean checkChecksums;
  private final Weirds weirds;
  private final ExtensionHeaders extensions;

  PacketCheck(boolean checkChecksums, Weirds weirds) {
    this.checkChecksums = checkChecksums;
    this.weirds = weirds;
    this.extensions = new ExtensionHeaders(weirds);
  }

  /**
   * Decides whether the IP header is to be trusted; counts why not. A packet that is longer by its
   * own word than what is there was cut, unless the frame is known to have been shorter.
   *
   * @param wireEnd where the frame ended on the wire, before a capture cut it, or {@link
   *     #END_UNKNOWN}
   * @param checksumsKnown whether the checksums are vouched for, or not filled in yet
   */
  public boolean accept(
      MemorySegment segment, Headers headers, long wireEnd, boolean checksumsKnown) {
    if (headers.vlanTagCount() > VLAN_TAGS_KEPT) {
      weirds.add(Weird.TRIPLE_TAGGED, segment, /* headers= */ null);
    }
    if (headers.sessionExcess() != 0) {
      boolean extra = headers.sessionExcess() > 0;
      weirds.add(
          extra ? Weird.PPPOE_EXTRA_DATA : Weird.PPPOE_TRUNCATED_PAYLOAD,
          segment,
          /* headers= */ null);
    }
    if (headers.ipVersion() == 0) {
      refuse(segment, headers);
      return false;
    }
    switch (headers.problem()) {
      case BAD_IP_TOTAL_LENGTH -> {
        weirds.add(Weird.INVALID_IP_HEADER_SIZE, segment, /* headers= */ null);
        return false;
      }
      case TRUNCATED_EXTENSION_HEADER, TOO_MANY_EXTENSION_HEADERS -> {
        weirds.add(Weird.TRUNCATED_EXTENSION_HEADER, segment, /* headers= */ null);
        return false;
      }
      default -> {}
    }
    long ip = headers.ipOffset();
    boolean ipv4 = headers.ipVersion() == 4;
    if (ipv4 && Ipv4.totalLength(segment, ip) == 0) {
      weirds.add(Weird.IP_HEADER_LENGTH_ZERO, segment, /* headers= */ null);
      if (checkChecksums) {
        return false;
      }
    }
    if (headers.ipEnd() > wireEnd) {
      weirds.add(Weird.TRUNCATED_IP_LENGTH, segment, /* headers= */ null);
      return false;
    }
    if (ipv4
        && checkChecksums
        && !checksumsKnown
        && Checksum.finish(Checksum.sum(segment, ip, headers.ipHeaderLength())) != 0) {
      weirds.add(Weird.BAD_IP_CHECKSUM, segment, headers);
      return false;
    }
    if (!ipv4 && headers.ipHeaderLength() > Ipv6.HEADER_LENGTH) {
      extensions.check(segment, headers);
      if (headers.transportOffset() > headers.ipEnd()) {
        weirds.add(Weird.INVALID_IP_HEADER_SIZE, segment, /* headers= */ null);
        return false;
      }
    }
    return true;
  }

  private void refuse(MemorySegment segment, Headers headers) {
    switch (headers.problem()) {
      case BAD_IP_VERSION -> weirds.add(Weird.UNKNOWN_IP_VERSION, segment, null);
      case BAD_IP_HEADER_LENGTH -> {
        long ip = headers.ipOffset();
        if (Ipv4.totalLength(segment, ip) < Ipv4.headerLength(segment, ip)) {
          weirds.add(Weird.INVALID_IP_HEADER_SIZE, segment, null);
        } else {
          weirds.add(Weird.IPV4_MINIMUM_HEADER_SIZE, segment, headers);
        }
      }
      case UNKNOWN_LINK_TYPE, TRUNCATED_LINK_HEADER, TOO_MANY_TAGS, NOT_IP ->
          weirds.add(LinkWeirds.of(segment, headers), segment, null);
      default -> weirds.add(Weird.TRUNCATED_IP, segment, null);
    }
  }

  /**
   * Decides whether a fragment that cannot be put together is counted: the first one is, of those
   * that were cut.
   */
  public boolean isWorthTracking(MemorySegment segment, Headers headers) {
    if (headers.ipEnd() <= headers.captureEnd()) {
      return false; // it waits for the others
    }
    weirds.add(Weird.INCOMPLETELY_CAPTURED_FRAGMENT, segment, headers);
    return headers.fragmentOffset() == 0;
  }
}

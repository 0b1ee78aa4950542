/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.track;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.Ipv6;
import java.lang.foreign.MemorySegment;

/**
 * What is weird about the extension headers of an IPv6 packet: routes that the sender asks for, and
 * options for the destination. Looks only at packets that have some. One thread.
 *
 * @see "RFC 8200 section 4; RFC 5095; RFC 6275 sections 6.3 and 6.4; Zeek: src/IP.cc"
 */
final class ExtensionHeaders {

  private static final int ROUTING_SOURCE = 0;
  private static final int ROUTING_MOBILE = 2;

  private static final int OPTION_PAD = 0;
  private static final int OPTION_HOME_ADDRESS = 201;
  private static final int ADDRESS_LENGTH = 16;

  private final Weirds weirds;
  private boolean routed;
  private boolean homeSeen;

  ExtensionHeaders(Weirds weirds) {
    this.weirds = weirds;
  }

  /** Looks at the headers between that of IPv6 and that of the transport. */
  void check(MemorySegment segment, Headers headers) {
    routed = false;
    homeSeen = false;
    int type = Ipv6.nextHeader(segment, headers.ipOffset());
    long at = headers.ipOffset() + Ipv6.HEADER_LENGTH;
    long end = Math.min(headers.transportOffset(), headers.captureEnd());
    while (IpProtocol.isExtension(type) && end - at >= 8) {
      int length =
          switch (type) {
            case IpProtocol.FRAGMENT -> Ipv6.FRAGMENT_HEADER_LENGTH;
            case IpProtocol.AUTHENTICATION -> (Bytes.u8(segment, at + 1) + 2) << 2;
            default -> (Bytes.u8(segment, at + 1) + 1) << 3;
          };
      if (at + length > end) {
        return;
      }
      if (type == IpProtocol.ROUTING) {
        routing(segment, headers, at);
      } else if (type == IpProtocol.DESTINATION_OPTIONS) {
        options(segment, headers, at + 2, length - 2);
      } else if (type == IpProtocol.FRAGMENT) {
        return; // what follows is the whole packet's
      }
      type = Bytes.u8(segment, at);
      at += length;
    }
  }

  private void routing(MemorySegment segment, Headers headers, long at) {
    if (routed) {
      weirds.add(Weird.MULTIPLE_ROUTING_HEADERS, segment, headers);
      return;
    }
    int length = Bytes.u8(segment, at + 1);
    int type = Bytes.u8(segment, at + 2);
    boolean isLeft = Bytes.u8(segment, at + 3) > 0;
    switch (type) {
      case ROUTING_SOURCE -> {
        if (isLeft && length >= 2) {
          routed = (length & 1) == 0;
          if (!routed) {
            weirds.add(Weird.ODD_ROUTING_LENGTH, segment, headers);
          }
        }
        weirds.add(Weird.ROUTING_HEADER, segment, headers);
      }
      case ROUTING_MOBILE -> {
        if (isLeft) {
          routed = length == 2;
          if (!routed) {
            weirds.add(Weird.BAD_MOBILE_ROUTING_LENGTH, segment, headers);
          }
        }
      }
      default -> weirds.add(Weird.UNKNOWN_ROUTING_TYPE, Integer.toString(type), segment, headers);
    }
  }

  private void options(MemorySegment segment, Headers headers, long first, int length) {
    long at = first;
    int left = length;
    while (left > 0) {
      int type = Bytes.u8(segment, at);
      if (type == OPTION_PAD) {
        at++;
        left--;
        continue;
      }
      int optionLength = left > 1 ? Bytes.u8(segment, at + 1) : 0;
      if (type == OPTION_HOME_ADDRESS) {
        homeAddress(segment, headers, optionLength);
      }
      at += 2 + optionLength;
      left -= 2 + optionLength;
    }
    if (left < 0) {
      weirds.add(Weird.BAD_DESTINATION_OPTION_LENGTH, segment, headers);
    }
  }

  private void homeAddress(MemorySegment segment, Headers headers, int length) {
    if (homeSeen) {
      weirds.add(Weird.MULTIPLE_HOME_ADDRESSES, segment, headers);
    } else if (length == ADDRESS_LENGTH) {
      homeSeen = true;
    } else {
      weirds.add(Weird.BAD_HOME_ADDRESS_LENGTH, segment, headers);
    }
  }
}

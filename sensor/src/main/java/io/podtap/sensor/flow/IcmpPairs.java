/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.flow;

/**
 * Which ICMP message answers which: a request and its reply are one flow, whose ports are the two
 * types; a message without an answer has its type and its code for ports.
 *
 * @see "RFC 792; RFC 1256; RFC 4443; RFC 4861; RFC 2710; RFC 4620; RFC 6275"
 */
public final class IcmpPairs {

  /** The message has no answer. */
  public static final int NONE = -1;

  private IcmpPairs() {}

  /**
   * Returns the type that answers {@code type} (or that {@code type} answers), or {@link #NONE}.
   */
  public static int counterpart(int protocol, int type) {
    return protocol == 1 ? counterpart4(type) : counterpart6(type);
  }

  private static int counterpart4(int type) {
    return switch (type) {
      case 0 -> 8; // echo
      case 8 -> 0;
      case 9 -> 10; // router advertisement
      case 10 -> 9;
      case 13 -> 14; // timestamp
      case 14 -> 13;
      case 15 -> 16; // information
      case 16 -> 15;
      case 17 -> 18; // address mask
      case 18 -> 17;
      default -> NONE;
    };
  }

  private static int counterpart6(int type) {
    return switch (type) {
      case 128 -> 129; // echo
      case 129 -> 128;
      case 130 -> 131; // multicast listener
      case 131 -> 130;
      case 133 -> 134; // router
      case 134 -> 133;
      case 135 -> 136; // neighbour
      case 136 -> 135;
      case 139 -> 140; // node information
      case 140 -> 139;
      case 144 -> 145; // home agent address discovery
      case 145 -> 144;
      default -> NONE;
    };
  }

  /** Returns whether no message answers {@code type}. */
  public static boolean isOneWay(int protocol, int type) {
    return counterpart(protocol, type) == NONE;
  }
}

/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.packet;

/**
 * How the first byte of a frame is to be read. Values are those of capture files.
 *
 * @see "LINKTYPE_ registry of tcpdump.org; pcap/dlt.h"
 */
public final class LinkType {

  public static final int NULL = 0;
  public static final int ETHERNET = 1;
  public static final int PPP = 9;
  public static final int FDDI = 10;
  public static final int RAW_BSD = 12;
  public static final int RAW_OPENBSD = 14;
  public static final int PPP_SERIAL = 50;
  public static final int RAW = 101;
  public static final int CISCO_HDLC = 104;
  public static final int IEEE802_11 = 105;
  public static final int LOOP = 108;
  public static final int LINUX_SLL = 113;
  public static final int IEEE802_11_RADIOTAP = 127;
  public static final int IPV4 = 228;
  public static final int IPV6 = 229;
  public static final int NFLOG = 239;
  public static final int LINUX_SLL2 = 276;

  private LinkType() {}
}

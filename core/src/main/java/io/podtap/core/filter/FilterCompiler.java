/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.filter;

import io.podtap.core.config.SettingsException;
import io.podtap.core.linux.Libpcap;
import io.podtap.core.packet.LinkType;
import java.util.regex.Pattern;

/**
 * Turns filter expressions in tcpdump's language into programs, with libpcap's own compiler.
 *
 * <p>A frame is judged as it is captured: a super-frame counts with its whole length ({@code
 * greater 1500} sees up to 64 KiB), and each segment shares the verdict of its super-frame.
 *
 * @see "pcap-filter(7)"
 */
public final class FilterCompiler {

  private static final int SNAPLEN = Integer.MAX_VALUE;
  private static final int DATA_LINK_RAW = 12;

  /** Words whose meaning on a live interface does not stand in the frame's bytes alone. */
  private static final String NEEDS_LIVE = "\\bvlan\\b";

  private FilterCompiler() {}

  /** Returns whether libpcap is installed. */
  public static boolean isAvailable() {
    return Libpcap.isAvailable();
  }

  /**
   * Compiles for frames whose VLAN tags stand in their bytes: those of a capture file.
   *
   * @param expression an empty one lets everything pass
   * @param linkType one of {@link LinkType}
   * @throws SettingsException with libpcap's message, or when libpcap is not installed
   */
  public static BpfProgram compile(String expression, int linkType) {
    if (expression.isBlank()) {
      return BpfProgram.ACCEPT_ALL;
    }
    try {
      int dataLinkType = linkType == LinkType.RAW ? DATA_LINK_RAW : linkType;
      return new BpfProgram(Libpcap.compile(expression, dataLinkType, SNAPLEN));
    } catch (Libpcap.CompileException e) {
      throw refused(expression, e);
    }
  }

  /**
   * Compiles for frames of a live interface, from which the kernel takes the VLAN tag out before a
   * program sees them. {@code vlan} works as in tcpdump: where the expression has that word, a
   * capture is opened on the interface for the moment, since only that makes libpcap ask the kernel
   * for the tag.
   *
   * @param device the interface, of the calling thread's network namespace
   * @param linkType one of {@link LinkType}
   * @throws SettingsException with libpcap's message, or when libpcap is not installed
   */
  public static BpfProgram compileLive(String expression, String device, int linkType) {
    if (expression.isBlank() || !Pattern.compile(NEEDS_LIVE).matcher(expression).find()) {
      return compile(expression, linkType);
    }
    try {
      return new BpfProgram(Libpcap.compileLive(expression, device)).passingWholePackets();
    } catch (Libpcap.CompileException e) {
      throw refused(expression, e);
    }
  }

  private static SettingsException refused(String expression, Libpcap.CompileException cause) {
    return new SettingsException("filter '" + expression + "': " + cause.getMessage(), cause);
  }
}

/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.smtp;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds addresses in texts of mails. */
final class MailAddresses {

  private static final int COUNT_MAX = 1_001;
  private static final int IP_LENGTH_MAX = 45;

  private MailAddresses() {}

  /** Returns the mail addresses in a command's argument: what stands around each at sign. */
  static List<String> in(String text) {
    List<String> found = new ArrayList<>(1);
    int at = text.indexOf('@');
    while (at >= 0 && found.size() < COUNT_MAX) {
      int start = at;
      while (start > 0 && "<,: \t".indexOf(text.charAt(start - 1)) < 0) {
        start--;
      }
      int end = at + 1;
      while (end < text.length() && ">,; \t".indexOf(text.charAt(end)) < 0) {
        end++;
      }
      if (start < at && end > at + 1) {
        found.add(text.substring(start, end));
      }
      at = text.indexOf('@', end);
    }
    return found;
  }

  /** Splits a list of mailboxes at its commas, those in quotes left out. */
  static List<String> split(String list) {
    List<String> found = new ArrayList<>(1);
    boolean quoted = false;
    int start = 0;
    for (int i = 0; i <= list.length() && found.size() < COUNT_MAX; i++) {
      if (i == list.length() || (!quoted && list.charAt(i) == ',')) {
        String box = list.substring(start, i).strip();
        if (!box.isEmpty()) {
          found.add(box);
        }
        start = i + 1;
      } else if (list.charAt(i) == '"') {
        quoted = !quoted;
      }
    }
    return found;
  }

  /** Returns the first IP address in a text, or null. */
  static @Nullable String firstIp(String text) {
    List<String> all = ips(text, /* wrapped= */ false);
    return all.isEmpty() ? null : all.getFirst();
  }

  /**
   * Returns who handed the mail over, by a Received field: the second of the IP addresses in
   * brackets, as the first is often what the sender says of itself; null when there is none.
   */
  static @Nullable String stationIp(String text) {
    List<String> all = ips(text, /* wrapped= */ true);
    return all.isEmpty() ? null : all.get(Math.min(1, all.size() - 1));
  }

  private static List<String> ips(String text, boolean wrapped) {
    List<String> found = new ArrayList<>(1);
    int start = 0;
    while (start < text.length() && found.size() < 2) {
      int end = start;
      while (end < text.length() && isOfIp(text.charAt(end))) {
        end++;
      }
      boolean inside =
          start > 0
              && end < text.length()
              && "[(".indexOf(text.charAt(start - 1)) >= 0
              && "])".indexOf(text.charAt(end)) >= 0;
      if (end > start && (inside || !wrapped)) {
        String ip = normal(text.substring(start, end));
        if (ip != null) {
          found.add(ip);
        }
      }
      start = end + 1;
    }
    return found;
  }

  private static boolean isOfIp(char c) {
    return Character.digit(c, 16) >= 0 || c == '.' || c == ':';
  }

  private static @Nullable String normal(String text) {
    boolean shaped = text.indexOf(':') != text.lastIndexOf(':') || isDotted(text);
    if (!shaped || text.length() > IP_LENGTH_MAX) {
      return null;
    }
    try {
      return InetAddress.ofLiteral(text).getHostAddress();
    } catch (IllegalArgumentException e) {
      return null; // only looks like one
    }
  }

  private static boolean isDotted(String text) {
    int dots = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      dots += c == '.' ? 1 : 0;
      if (c != '.' && (c < '0' || c > '9')) {
        return false;
      }
    }
    return dots == 3;
  }
}

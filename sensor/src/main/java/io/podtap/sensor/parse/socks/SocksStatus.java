/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.socks;

/** What a proxy's codes mean, in Zeek's words. */
final class SocksStatus {

  private static final int VERSION_4_FIRST = 0x5A;

  private static final String[] VERSION_4 = {
    "succeeded",
    "general SOCKS server failure",
    "request failed because client is not running identd",
    "request failed because client's identd could not confirm the user ID string in the request"
  };

  private static final String[] VERSION_5 = {
    "succeeded",
    "general SOCKS server failure",
    "connection not allowed by ruleset",
    "Network unreachable",
    "Host unreachable",
    "Connection refused",
    "TTL expired",
    "Command not supported",
    "Address type not supported"
  };

  private SocksStatus() {}

  static String version4(int code) {
    int at = code - VERSION_4_FIRST;
    return at >= 0 && at < VERSION_4.length ? VERSION_4[at] : "unknown-" + code;
  }

  static String version5(int code) {
    return code < VERSION_5.length ? VERSION_5[code] : "unknown-" + code;
  }
}

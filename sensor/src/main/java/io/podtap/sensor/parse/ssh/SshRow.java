/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ssh;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.parse.HeapSize;
import org.jspecify.annotations.Nullable;

/** What is known of one connection. One thread. */
final class SshRow {

  final Flow flow;

  /** When the first end greeted; on other ports than SSH's when both had, as in Zeek. */
  long timeNs;

  @Nullable String client;
  @Nullable String server;
  boolean authenticationSeen;
  boolean authenticated;

  /** Not set once a message that may have been an attempt is missing. */
  long attempts;

  @Nullable String cipher;
  @Nullable String mac;
  @Nullable String compression;
  @Nullable String keyExchange;
  @Nullable String hostKeyAlgorithm;
  @Nullable String hostKeyFingerprint;
  @Nullable String hassh;
  @Nullable String hasshServer;

  SshRow(Flow flow, long timeNs) {
    this.flow = flow;
    this.timeNs = timeNs;
  }

  /** Returns whether both ends have greeted. */
  boolean isGreeted() {
    return client != null && server != null;
  }

  /** Returns the version that both ends speak, 0 when they have none or it is not known yet. */
  int version() {
    if (client == null || server == null) {
      return 0;
    }
    boolean two = speaksTwo(client) && speaksTwo(server);
    return two ? 2 : speaksOne(client) && speaksOne(server) ? 1 : 0;
  }

  /** Returns the heap that the names of what was agreed on take. */
  long agreedBytes() {
    return HeapSize.text(cipher)
        + HeapSize.text(mac)
        + HeapSize.text(compression)
        + HeapSize.text(keyExchange)
        + HeapSize.text(hostKeyAlgorithm);
  }

  /** Version 1.99 stands for both (RFC 4253 section 5.1). */
  private static boolean speaksTwo(String banner) {
    return banner.startsWith("2", 4) || (banner.startsWith("1", 4) && banner.startsWith("99", 6));
  }

  private static boolean speaksOne(String banner) {
    return banner.startsWith("1", 4);
  }

  /** Returns the name of what Zeek finds odd about the two greetings, or an empty text. */
  String versionWeird() {
    if (client == null || server == null) {
      return "";
    }
    if (client.length() <= 4 || server.length() <= 4) {
      return "SSH_cannot_determine_version";
    }
    boolean isMixed =
        (speaksOne(client) && server.startsWith("2", 4))
            || (speaksOne(server) && client.startsWith("2", 4));
    return isMixed && version() == 0 ? "SSH_version_mismatch" : "";
  }
}

/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dhcp;

import io.podtap.sensor.flow.Flow;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the messages of one transaction have said; becomes a record. Bounded. One thread. */
final class DhcpTransaction {

  /** Flows and messages of one record, at most (Zeek's defaults). */
  private static final int FLOWS_MAX = 10;

  private static final int MESSAGES_MAX = 50;

  final long startNs;
  long lastNs;

  /** Upper and lower parts of the flows' unique ids, by turns. */
  private final long[] uids = new long[2 * FLOWS_MAX];

  private int flows;

  /** IPv4 addresses; 0 for none. */
  int clientAddress;

  long serverHigh;
  long serverLow;
  int requestedAddress;
  int assignedAddress;

  @Nullable String hardwareAddress;
  @Nullable String clientHardwareAddress;
  @Nullable String hostName;
  @Nullable String clientName;
  @Nullable String domain;
  @Nullable String clientMessage;
  @Nullable String serverMessage;
  long leaseSeconds = -1;
  final List<String> messages = new ArrayList<>(4);

  DhcpTransaction(long startNs) {
    this.startNs = startNs;
    this.lastNs = startNs;
  }

  /** Notes in which flow and when a message came. */
  void add(Flow flow, long timeNs, String message) {
    lastNs = timeNs;
    messages.add(message);
    for (int i = 0; i < flows; i++) {
      if (uids[2 * i] == flow.uidHigh() && uids[2 * i + 1] == flow.uidLow()) {
        return;
      }
    }
    uids[2 * flows] = flow.uidHigh();
    uids[2 * flows + 1] = flow.uidLow();
    flows++;
  }

  boolean isFull() {
    return flows == FLOWS_MAX || messages.size() == MESSAGES_MAX;
  }

  int flows() {
    return flows;
  }

  long uidHigh(int at) {
    return uids[2 * at];
  }

  long uidLow(int at) {
    return uids[2 * at + 1];
  }
}

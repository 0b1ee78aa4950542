/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.ledger;

/**
 * What one sensor, or gateway, counted of one tap: {@code sent + surplus + unreported = received +
 * lost}, see {@code tap.log}.
 *
 * @param sensor where it was read
 * @param tap the tap's id, or its address if it never reported
 * @param from where the packets came from, for people
 * @param counts {@code sent, received, received_bytes, lost, surplus, unreported}
 */
record SensorAccount(String sensor, String tap, String from, Counts counts) {

  static String from(String address, long vni) {
    return vni < 0 ? address + " by TLS" : address + " VNI " + vni;
  }
}

/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.tls;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.parse.HeapSize;
import io.podtap.sensor.parse.x509.CertificateRow;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of one connection; filled in as its handshake goes by. */
final class TlsRow {

  private static final int HISTORY_MAX = 100;

  /** Heap of this object, of its lists and of its history. */
  private static final long BYTES = 88 + 2 * 24 + 24 + 16 + 3 * HISTORY_MAX;

  final Flow flow;
  final long timeNs;
  final StringBuilder history = new StringBuilder();
  final List<String> serverFingerprints = new ArrayList<>();
  final List<String> clientFingerprints = new ArrayList<>();

  /** The server's own certificate, until the record is written. */
  @Nullable CertificateRow certificate;

  int version = -1;
  boolean encryptedHello;
  @Nullable String cipher;
  @Nullable String curve;
  @Nullable String serverName;
  boolean resumed;
  @Nullable String lastAlert;
  @Nullable String nextProtocol;
  boolean established;
  @Nullable Boolean nameMatches;
  @Nullable String ja3;
  @Nullable String ja3s;
  @Nullable String ja4;

  TlsRow(Flow flow, long timeNs) {
    this.flow = flow;
    this.timeNs = timeNs;
  }

  /**
   * Adds a letter for what one end sent.
   *
   * @return whether it was the last one that there was room for
   */
  boolean add(boolean fromClient, char letter) {
    if (history.length() >= HISTORY_MAX) {
      return false;
    }
    history.append(fromClient ? Character.toUpperCase(letter) : letter);
    return history.length() == HISTORY_MAX;
  }

  /** Notes that the ends have changed places. */
  void flip() {
    history.append('^');
  }

  /** Returns the heap that it takes with its texts. */
  long heapBytes() {
    return BYTES
        + HeapSize.texts(serverFingerprints)
        + HeapSize.texts(clientFingerprints)
        + HeapSize.text(serverName)
        + HeapSize.text(nextProtocol)
        + HeapSize.text(ja3)
        + HeapSize.text(ja3s)
        + HeapSize.text(ja4)
        + (certificate == null ? 0 : certificate.heapBytes());
  }
}

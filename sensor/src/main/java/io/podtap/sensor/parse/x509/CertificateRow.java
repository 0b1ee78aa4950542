/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.x509;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.parse.HeapSize;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One certificate as {@code x509.log} shows it. Texts have one character a byte.
 *
 * @see "RFC 5280 section 4.1"
 */
public final class CertificateRow {

  final long timeNs;
  final String fingerprint;
  final boolean host;
  final boolean client;

  /** The connection that it came over; null while it is read. */
  @Nullable Flow flow;

  int version = 1;
  String serial = "";
  String subject = "";
  String commonName = "";
  String issuer = "";
  long validFromNs;
  long validToNs;
  String keyAlgorithm = "";
  String signature = "";
  @Nullable String keyType;

  /** Bits, or {@link LogSchema#UNSET}. */
  long keyBits = LogSchema.UNSET;

  @Nullable String exponent;
  @Nullable String curve;
  final List<String> dnsNames = new ArrayList<>();
  final List<String> uris = new ArrayList<>();
  final List<String> emails = new ArrayList<>();
  final List<String> addresses = new ArrayList<>();
  boolean hasAlternatives;
  boolean hasConstraints;
  boolean isAuthority;
  long pathLength = LogSchema.UNSET;

  /**
   * @param host whether it is an end's own one, not of those that vouch for it
   * @param client whether the client sent it
   */
  CertificateRow(long timeNs, String fingerprint, boolean host, boolean client) {
    this.timeNs = timeNs;
    this.fingerprint = fingerprint;
    this.host = host;
    this.client = client;
  }

  /** Returns its SHA-256, hexadecimal. */
  public String fingerprint() {
    return fingerprint;
  }

  /** Returns whose it is, as {@code certificate.subject} has it. */
  public String subject() {
    return subject;
  }

  /** Returns the heap that it takes with its texts. */
  public long heapBytes() {
    return 192
        + HeapSize.text(serial)
        + HeapSize.text(subject)
        + HeapSize.text(commonName)
        + HeapSize.text(issuer)
        + HeapSize.text(exponent)
        + HeapSize.texts(dnsNames)
        + HeapSize.texts(uris)
        + HeapSize.texts(emails)
        + HeapSize.texts(addresses);
  }

  /**
   * Returns whether the host is one that the certificate is for: one of its alternative names, or
   * without any its last common name.
   */
  public boolean isFor(String hostName) {
    if (!hasAlternatives) {
      return isNameOf(commonName, hostName);
    }
    for (int i = 0; i < dnsNames.size(); i++) {
      if (isNameOf(dnsNames.get(i), hostName)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Compares as Zeek does: a wildcard stands for the rest of the first label, and only where at
   * least two more follow.
   */
  private static boolean isNameOf(String name, String hostName) {
    if (name.equals(hostName)) {
      return true;
    }
    int wildcard = name.indexOf('*');
    int label = name.indexOf('.');
    int hostLabel = hostName.indexOf('.');
    return wildcard >= 0
        && wildcard + 1 == label
        && name.indexOf('.', label + 1) >= 0
        && hostLabel >= 0
        && hostName.substring(hostLabel).equals(name.substring(label))
        && hostName.startsWith(name.substring(0, wildcard));
  }
}

/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.ingest;

import io.podtap.sensor.decapsulate.Decapsulation;
import io.podtap.sensor.taps.ReportFate;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one receiver counted. Written by its thread, read by others at rest or through a snapshot:
 * {@code received = analysed + reports + refused + malformed}, always.
 */
public final class ReceiveCounters {

  private final long[] byResult = new long[Decapsulation.values().length];
  private long datagrams;
  private long bytes;
  private long refused;
  private long truncatedDatagrams;
  private long implausibleTimes;
  private long badReports;
  private long lateReports;
  private long probesAnswered;
  private long probesIgnored;
  private long strangers;
  private long overflowed;

  void onDatagram(int length) {
    datagrams++;
    bytes += length;
  }

  void onResult(Decapsulation result) {
    byResult[result.ordinal()]++;
  }

  void onRefused() {
    refused++;
  }

  void onStranger() {
    strangers++;
  }

  void onTruncatedDatagram() {
    truncatedDatagrams++;
  }

  void onImplausibleTime() {
    implausibleTimes++;
  }

  void onReport(ReportFate fate) {
    switch (fate) {
      case USED -> {}
      case LATE -> lateReports++;
      case BAD -> badReports++;
    }
  }

  void onBadReport() {
    badReports++;
  }

  void onProbe(boolean isAnswered) {
    if (isAnswered) {
      probesAnswered++;
    } else {
      probesIgnored++;
    }
  }

  void onOverflow(long count) {
    overflowed += count;
  }

  /** Returns datagrams received, joined ones counted each. */
  public long datagrams() {
    return datagrams;
  }

  /** Returns bytes of all datagrams, outer headers left out. */
  public long bytes() {
    return bytes;
  }

  /** Returns datagrams that ended as {@code result}. */
  public long count(Decapsulation result) {
    return byResult[result.ordinal()];
  }

  /** Returns datagrams that could not be decapsulated, of all kinds. */
  public long malformed() {
    long sum = truncatedDatagrams;
    for (Decapsulation result : Decapsulation.values()) {
      if (result.isMalformed()) {
        sum += count(result);
      }
    }
    return sum;
  }

  /** Returns the same by name; names that never were are left out. */
  Map<String, Long> malformedByName() {
    Map<String, Long> malformed = new LinkedHashMap<>();
    for (Decapsulation result : Decapsulation.values()) {
      if (result.isMalformed() && count(result) > 0) {
        malformed.put(result.weirdName(), count(result));
      }
    }
    if (truncatedDatagrams > 0) {
      malformed.put("truncated_datagram", truncatedDatagrams);
    }
    return malformed;
  }

  /** Returns taps' own reports. */
  long reports() {
    return count(Decapsulation.REPORT);
  }

  /** Returns frames of strangers that were refused, as {@code --known-taps-only} asks. */
  public long refused() {
    return refused;
  }

  /** Returns frames of senders that are not known, refused or not. */
  public long strangers() {
    return strangers;
  }

  /** Returns frames handed on to analysis. */
  public long analysed() {
    return count(Decapsulation.FRAME) - refused;
  }

  /** Returns datagrams larger than a receive slot. */
  public long truncatedDatagrams() {
    return truncatedDatagrams;
  }

  /** Returns capture times too far from the receive time to be believed. */
  public long implausibleTimes() {
    return implausibleTimes;
  }

  /** Returns reports that a newer one had overtaken; they were not used. */
  public long lateReports() {
    return lateReports;
  }

  /** Returns report frames that were not in a report's form, or say what cannot be. */
  public long badReports() {
    return badReports;
  }

  /** Returns probes of taps that got their receipt; they are among the reports. */
  public long probesAnswered() {
    return probesAnswered;
  }

  /** Returns probes that got none: of unknown senders where these are refused, or too many. */
  public long probesIgnored() {
    return probesIgnored;
  }

  /** Returns datagrams that the kernel dropped because the socket's buffer was full. */
  public long overflowed() {
    return overflowed;
  }

  /** Returns whether every datagram is accounted for. */
  public boolean isBalanced() {
    return datagrams == analysed() + refused + count(Decapsulation.REPORT) + malformed();
  }
}

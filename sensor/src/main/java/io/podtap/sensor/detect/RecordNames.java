/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.detect;

import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.notice.WorkloadNames;
import org.jspecify.annotations.Nullable;

/**
 * Names the two ends of the record at hand as its own columns do, in the form that a sensor's
 * detections use: {@code NAMESPACE/KIND/NAME}, {@code NAMESPACE/Service/NAME}, {@code Node/NAME}.
 * Moved from record to record. One thread.
 */
final class RecordNames implements WorkloadNames {

  private static final String NOTICE = "notice";

  /** What identity calls whoever is outside. */
  private static final String WORLD = "world";

  private @Nullable LogRecord logged;

  /** Moves to a record. */
  void wrap(LogRecord record) {
    logged = record;
  }

  @Override
  public String nameOf(String address, long timeNs) {
    LogRecord at = logged;
    if (at == null || address.isEmpty()) {
      return "";
    }
    for (Home end : new Home[] {Home.ORIGINATOR, Home.RESPONDER}) {
      if (address.equals(address(at, end))) {
        return name(at, end);
      }
    }
    return "";
  }

  /** Returns the address of an end, or an empty text. */
  static String address(LogRecord record, Home end) {
    boolean isNotice = record.log().equals(NOTICE);
    return record.textOrEmpty(
        end == Home.ORIGINATOR ? (isNotice ? "src" : "id.orig_h") : isNotice ? "dst" : "id.resp_h");
  }

  /** Returns the name of an end, or an empty text. */
  static String name(LogRecord record, Home end) {
    boolean isOriginator = end == Home.ORIGINATOR;
    if (record.log().equals(NOTICE)) {
      return record.textOrEmpty(isOriginator ? "k8s.src" : "k8s.dst");
    }
    String prefix = isOriginator ? "k8s.orig." : "k8s.resp.";
    String namespace = record.textOrEmpty(prefix + "namespace");
    String workload = record.textOrEmpty(prefix + "workload");
    if (workload.equals(WORLD)) {
      return "";
    }
    if (!workload.isEmpty()) {
      return namespace + '/' + workload;
    }
    String service = isOriginator ? "" : record.textOrEmpty("k8s.resp.service");
    if (!service.isEmpty()) {
      return namespace + "/Service/" + service;
    }
    String node = record.textOrEmpty(prefix + "node");
    return node.isEmpty() ? "" : "Node/" + node;
  }
}

/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import io.podtap.core.report.TapReport;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who this tap is, from the environment that the downward API sets: {@code POD_NAME}, {@code
 * POD_NAMESPACE}, {@code NODE_NAME}, {@code POD_UID}, {@code POD_IPS}, {@code SERVICE_ACCOUNT}, and
 * that the injector sets: {@code WORKLOAD_NAME}, {@code CONTAINER_IMAGE}. Unset ones are empty;
 * without {@code POD_NAME} the host's name, {@code HOSTNAME}, stands in.
 *
 * @param tapId tells taps apart; the same after a restart of the same pod
 * @param addresses the pod's own, separated by commas; empty for a pod of the node's network
 * @param workload who controls the pod, {@code KIND/NAME}
 */
public record TapIdentity(
    int tapId,
    String pod,
    String namespace,
    String node,
    String uid,
    String addresses,
    String workload,
    String serviceAccount,
    String image) {

  /** Characters of one value that are reported at most. */
  private static final int VALUE_LENGTH_MAX = 160;

  /**
   * Reads the environment.
   *
   * @param scope what tells this tap from others of the same pod: its interfaces and VNI
   */
  public static TapIdentity of(Map<String, String> environment, String scope) {
    String pod = value(environment, "POD_NAME");
    if (pod.isEmpty()) {
      pod = value(environment, "HOSTNAME");
    }
    String uid = value(environment, "POD_UID");
    String namespace = value(environment, "POD_NAMESPACE");
    int tapId = (uid + '/' + namespace + '/' + pod + '/' + scope).hashCode();
    return new TapIdentity(
        tapId,
        pod,
        namespace,
        value(environment, "NODE_NAME"),
        uid,
        addresses(environment),
        value(environment, "WORKLOAD_NAME"),
        value(environment, "SERVICE_ACCOUNT"),
        value(environment, "CONTAINER_IMAGE"));
  }

  private static String value(Map<String, String> environment, String name) {
    String value = environment.getOrDefault(name, "").strip();
    return value.length() <= VALUE_LENGTH_MAX ? value : value.substring(0, VALUE_LENGTH_MAX);
  }

  /** Returns whole addresses only: the beginning of an address is another host's. */
  private static String addresses(Map<String, String> environment) {
    String all = environment.getOrDefault("POD_IPS", "").strip();
    if (all.length() <= VALUE_LENGTH_MAX) {
      return all;
    }
    return all.substring(0, Math.max(0, all.lastIndexOf(',', VALUE_LENGTH_MAX)));
  }

  /** Returns the tap's id as reports, records and counts say it. */
  public String name() {
    return HexFormat.of().toHexDigits(tapId);
  }

  /** Returns the identity's lines of a report, in the order of {@link TapReport}'s keys. */
  public Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put(TapReport.TAP_ID, name());
    values.put(TapReport.POD, pod);
    values.put(TapReport.NAMESPACE, namespace);
    values.put(TapReport.NODE, node);
    values.put(TapReport.POD_UID, uid);
    values.put(TapReport.ADDRESSES, addresses);
    values.put(TapReport.WORKLOAD, workload);
    values.put(TapReport.SERVICE_ACCOUNT, serviceAccount);
    values.put(TapReport.IMAGE, image);
    return values;
  }

  /** Returns the pod and its node, for people; or an empty text. */
  public String describe() {
    String owner = namespace.isEmpty() ? "" : namespace + '/';
    String where = node.isEmpty() ? "" : " on " + node;
    return pod.isEmpty() ? "" : "pod " + owner + pod + where;
  }
}

/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import io.podtap.core.report.TapReport;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * Who this tap is, from the environment that the downward API sets: {@code POD_NAME}, {@code
 * POD_NAMESPACE}, {@code NODE_NAME}, {@code POD_UID}, {@code POD_IPS}, {@code SERVICE_ACCOUNT}, and
 * that the injector sets: {@code WORKLOAD_NAME}, {@code CONTAINER_NAMES}, {@code CONTAINER_IMAGE}.
 * Unset ones are empty; without {@code POD_NAME} the host's name, {@code HOSTNAME}, stands in.
 *
 * @param tapId tells taps apart; the same after a restart of the same pod
 * @param addresses the pod's own, separated by commas; empty for a pod of the node's network
 * @param workload who controls the pod, {@code KIND/NAME}
 * @param labels of the pod that were chosen, {@code KEY=VALUE}, separated by commas
 * @param containers names of the pod's containers, separated by commas
 * @param omitted addresses, labels and containers that did not fit, and other values that were cut
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
    String image,
    String labels,
    String containers,
    int omitted) {

  /** Characters of one value that are reported at most. */
  private static final int VALUE_LENGTH_MAX = 160;

  /** Variables with one value each; what is longer is cut. */
  private static final List<String> VALUES =
      List.of(
          "POD_NAME",
          "POD_NAMESPACE",
          "POD_UID",
          "NODE_NAME",
          "WORKLOAD_NAME",
          "SERVICE_ACCOUNT",
          "CONTAINER_IMAGE");

  /**
   * Reads the environment.
   *
   * @param scope what tells this tap from others of the same pod: its interfaces and VNI
   */
  public static TapIdentity of(Map<String, String> environment, String scope) {
    return of(environment, scope, ReportLabels.NONE, List.of());
  }

  /**
   * As above.
   *
   * @param chosen labels of the pod to report
   * @param interfaceAddresses of the interfaces that are captured; they count where the pod has a
   *     network of its own, which {@code POD_IPS} tells
   */
  public static TapIdentity of(
      Map<String, String> environment,
      String scope,
      ReportLabels chosen,
      List<String> interfaceAddresses) {
    String pod = value(environment, "POD_NAME");
    if (pod.isEmpty()) {
      pod = value(environment, "HOSTNAME");
    }
    String uid = value(environment, "POD_UID");
    String namespace = value(environment, "POD_NAMESPACE");
    int tapId = (uid + '/' + namespace + '/' + pod + '/' + scope).hashCode();
    ReportLabels.Reported labels = chosen.read(environment);
    Fitting addresses = addresses(environment, interfaceAddresses);
    Fitting containers = Fitting.of(elements(environment, "CONTAINER_NAMES"));
    return new TapIdentity(
        tapId,
        pod,
        namespace,
        value(environment, "NODE_NAME"),
        uid,
        addresses.text(),
        value(environment, "WORKLOAD_NAME"),
        value(environment, "SERVICE_ACCOUNT"),
        value(environment, "CONTAINER_IMAGE"),
        labels.text(),
        containers.text(),
        labels.omitted() + addresses.omitted() + containers.omitted() + cut(environment));
  }

  private static int cut(Map<String, String> environment) {
    return (int)
        VALUES.stream()
            .filter(name -> environment.getOrDefault(name, "").strip().length() > VALUE_LENGTH_MAX)
            .count();
  }

  private static String value(Map<String, String> environment, String name) {
    String value = environment.getOrDefault(name, "").strip();
    return value.length() <= VALUE_LENGTH_MAX ? value : value.substring(0, VALUE_LENGTH_MAX);
  }

  /**
   * As many elements of a list as fit, whole: the beginning of an address is another host's.
   *
   * @param omitted those that did not
   */
  private record Fitting(String text, int omitted) {

    static Fitting of(Collection<String> elements) {
      StringJoiner text = new StringJoiner(",");
      int omitted = 0;
      for (String element : elements) {
        int before = text.length() == 0 ? 0 : text.length() + 1;
        if (omitted == 0 && before + element.length() <= VALUE_LENGTH_MAX) {
          text.add(element);
        } else {
          omitted++;
        }
      }
      return new Fitting(text.toString(), omitted);
    }
  }

  private static Fitting addresses(
      Map<String, String> environment, List<String> interfaceAddresses) {
    List<String> told = elements(environment, "POD_IPS");
    Map<String, String> all = new LinkedHashMap<>();
    told.forEach(address -> all.putIfAbsent(canonical(address), address));
    if (!told.isEmpty()) {
      interfaceAddresses.forEach(address -> all.putIfAbsent(canonical(address), address));
    }
    return Fitting.of(all.values());
  }

  /** Returns an address in one way of writing it; what is no address as it is. */
  private static String canonical(String address) {
    try {
      return InetAddress.ofLiteral(address).getHostAddress();
    } catch (IllegalArgumentException e) {
      return address; // the sensor leaves it out
    }
  }

  private static List<String> elements(Map<String, String> environment, String name) {
    return Arrays.stream(environment.getOrDefault(name, "").split(",", -1))
        .map(String::strip)
        .filter(element -> !element.isEmpty())
        .toList();
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
    putGiven(values, TapReport.LABELS, labels);
    putGiven(values, TapReport.CONTAINERS, containers);
    putGiven(values, TapReport.OMITTED, omitted == 0 ? "" : Integer.toString(omitted));
    return values;
  }

  private static void putGiven(Map<String, String> values, String key, String value) {
    if (!value.isEmpty()) {
      values.put(key, value);
    }
  }

  /** Returns the pod and its node, for people; or an empty text. */
  public String describe() {
    String owner = namespace.isEmpty() ? "" : namespace + '/';
    String where = node.isEmpty() ? "" : " on " + node;
    return pod.isEmpty() ? "" : "pod " + owner + pod + where;
  }
}

/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity;

import java.util.Objects;

/**
 * Who had an address: what records name. A field that is not known, or that the kind does not have,
 * is an empty text.
 *
 * @param kind what it is
 * @param namespace of the pod or the service
 * @param pod name of the pod
 * @param uid of the pod, which tells two pods of one name apart; of a service's endpoint that of
 *     the pod behind it
 * @param node where the pod runs, or the node itself
 * @param workloadKind kind of the controller that owns the pod, such as {@code Deployment}
 * @param workload name of that controller
 * @param serviceAccount of the pod
 * @param service name of the service
 * @param portName name of the service's port, where the port was asked for
 * @param labels of the pod by which others may select its workload, {@code KEY=VALUE} in the order
 *     of their keys, separated by commas
 * @param containers of the pod, {@code NAME} or {@code NAME=IMAGE@DIGEST}, separated by commas
 */
public record Owner(
    Kind kind,
    String namespace,
    String pod,
    String uid,
    String node,
    String workloadKind,
    String workload,
    String serviceAccount,
    String service,
    String portName,
    String labels,
    String containers) {

  /** Nothing is known, or not enough to say one name. */
  public static final Owner UNKNOWN = of(Kind.UNKNOWN);

  /** An address outside of the cluster. */
  public static final Owner WORLD = of(Kind.WORLD);

  private static final long OBJECT_BYTES = 72;
  private static final long TEXT_BYTES = 48;

  /** An owner of which neither labels nor containers are known. */
  public Owner(
      Kind kind,
      String namespace,
      String pod,
      String uid,
      String node,
      String workloadKind,
      String workload,
      String serviceAccount,
      String service,
      String portName) {
    this(
        kind,
        namespace,
        pod,
        uid,
        node,
        workloadKind,
        workload,
        serviceAccount,
        service,
        portName,
        "",
        "");
  }

  /** What an owner is. */
  public enum Kind {
    UNKNOWN,
    POD,
    NODE,
    SERVICE,
    WORLD
  }

  private static Owner of(Kind kind) {
    return new Owner(kind, "", "", "", "", "", "", "", "", "");
  }

  /** Returns a node. */
  public static Owner node(String name) {
    return new Owner(Kind.NODE, "", "", "", name, "", "", "", "", "");
  }

  /**
   * Returns a service.
   *
   * @param portName of one port of it; empty for the service as a whole
   */
  public static Owner service(String namespace, String name, String portName) {
    return new Owner(Kind.SERVICE, namespace, "", "", "", "", "", "", name, portName);
  }

  /**
   * Returns what a service has at one address and port of a pod.
   *
   * @param podUid of the pod, empty for what is no pod
   */
  public static Owner endpoint(String namespace, String name, String portName, String podUid) {
    return new Owner(Kind.SERVICE, namespace, "", podUid, "", "", "", "", name, portName);
  }

  /** Returns the same pod as reached at a service's endpoint. */
  public Owner serving(Owner endpoint) {
    return new Owner(
        kind,
        namespace,
        pod,
        uid,
        node,
        workloadKind,
        workload,
        serviceAccount,
        endpoint.service,
        endpoint.portName,
        labels,
        containers);
  }

  /** Returns whether there is a name. */
  public boolean isKnown() {
    return kind != Kind.UNKNOWN;
  }

  /** Returns the same as reached by an address of a node. */
  public Owner on(String nodeName) {
    return new Owner(
        kind,
        namespace,
        pod,
        uid,
        nodeName,
        workloadKind,
        workload,
        serviceAccount,
        service,
        portName,
        labels,
        containers);
  }

  /**
   * Returns the workload as records name it: {@code KIND/NAME}, {@code Pod/NAME} of a pod without a
   * controller, {@code world} for what is outside of the cluster, or an empty text.
   */
  public String workloadText() {
    if (kind != Kind.POD) {
      return kind == Kind.WORLD ? "world" : "";
    }
    return workload.isEmpty() ? "Pod/" + pod : workloadKind + '/' + workload;
  }

  /** Returns whether both are the same pod, node or service, whatever else is known of them. */
  public boolean isSame(Owner other) {
    if (kind != other.kind) {
      return false;
    }
    return switch (kind) {
      case POD -> isSamePod(other);
      case NODE -> node.equals(other.node);
      case SERVICE -> namespace.equals(other.namespace) && service.equals(other.service);
      case UNKNOWN, WORLD -> true;
    };
  }

  private boolean isSamePod(Owner other) {
    boolean sameUid = uid.isEmpty() || other.uid.isEmpty() || uid.equals(other.uid);
    return sameUid && pod.equals(other.pod) && Objects.equals(namespace, other.namespace);
  }

  /** Returns the heap that this takes at most, with texts that others may share left out. */
  long heapBytes() {
    return OBJECT_BYTES + text(pod) + text(uid) + text(service);
  }

  private static long text(String text) {
    return text.isEmpty() ? 0 : TEXT_BYTES + text.length();
  }
}

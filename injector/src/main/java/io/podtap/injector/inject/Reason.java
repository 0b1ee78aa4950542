/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import java.util.Locale;

/** Why a pod stays as it is. The words are stable: metrics, warnings and scripts use them. */
public enum Reason {
  /** Neither namespace nor pod asks for a tap. */
  NOT_CHOSEN(false),
  /** Namespace or pod forbids a tap. */
  OPTED_OUT(false),
  ALREADY_INJECTED(false),
  /** Nothing to take out. */
  NOT_INJECTED(false),
  /** A container of the tap's image stands there under another name. */
  OWN_TAP(false),
  /** A tap was attached while the pod ran. */
  EPHEMERAL_TAP(false),
  /** Only to a pod that runs can a tap be attached. */
  NOT_RUNNING(false),
  /** A container that the tap is to look at is not in the pod. */
  NO_CONTAINER(true),
  /** The pod's interfaces are the node's. */
  HOST_NETWORK(false),
  WINDOWS(false),
  /** The kubelet runs it from a file, whatever the API says. */
  STATIC_POD(false),
  /** Namespaces without which a cluster does not run, and the injector's own. */
  SYSTEM_NAMESPACE(false),
  /** PodSecurity would refuse the pod. */
  RESTRICTED_NAMESPACE(false),
  /** No tap fits into what a LimitRange of the namespace allows. */
  LIMIT_RANGE(false),
  /** A ResourceQuota of the namespace has room for the pod, and none for a tap. */
  QUOTA(false),
  /** The API server takes the pod without the tap and refuses it with it. */
  WOULD_BE_REFUSED(false),
  /** Nodes cannot pull the tap's image: the pod would not start. */
  IMAGE_NOT_PULLABLE(false),
  /** The sensor is found through the API, and the pod has no token for it. */
  NO_TOKEN(true),
  /** A running pod cannot be given the Secret that its tap would need. */
  NO_CERTIFICATE(true),
  /** An ordinary container would keep a pod from ending that is meant to end. */
  WOULD_NOT_END(true),
  BAD_LABEL(true),
  BAD_ANNOTATION(true),
  /** The pod's own container named like the tap cannot be merged. */
  BAD_OVERRIDE(true),
  /** Marked as injected, without a tap in it. */
  STALE_ANNOTATION(true),
  /** No pod that the API server would take. */
  NOT_A_POD(true),
  /** In the file the pod shares text with something else, by an alias or a merge key. */
  SHARED_TEXT(true),
  /** A controller makes it from a template of its own. */
  OWNED(false),
  /** It makes pods, and its kind is not known. */
  UNKNOWN_WORKLOAD(false);

  private final boolean isMistake;

  Reason(boolean isMistake) {
    this.isMistake = isMistake;
  }

  /** Returns whether somebody asked for a tap in a way that cannot be. */
  public boolean isMistake() {
    return isMistake;
  }

  /** Returns the stable word: {@code host-network}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

/** Names that users write and see; a contract. */
public final class WellKnownNames {

  /** What our labels and annotations begin with. */
  public static final String PREFIX = "podtap.io/";

  /** Label of namespaces and pods: {@code enabled} or {@code disabled}. */
  public static final String INJECT = PREFIX + "inject";

  /** Annotation of an injected pod: what {@code uninject} needs to know, as JSON. */
  public static final String INJECTED = PREFIX + "injected";

  /** The tap's container. */
  public static final String CONTAINER = "podtap";

  /** The pod's volume of certificate, key and authorities, from a Secret. */
  public static final String TLS_VOLUME = CONTAINER + "-tls";

  /** The pod's volume of its own annotations, which the tap follows. */
  public static final String POD_VOLUME = CONTAINER + "-pod";

  /** Label of namespaces that PodSecurity reads. */
  public static final String POD_SECURITY = "pod-security.kubernetes.io/enforce";

  private WellKnownNames() {}
}

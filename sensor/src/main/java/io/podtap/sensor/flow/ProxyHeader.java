/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.flow;

import java.util.Map;

/**
 * What a load balancer told in front of a connection: for whom it opened it.
 *
 * @param version 1 or 2
 * @param isLocal whether the balancer opened it for itself, to check the server's health
 * @param hasAddresses whether it named addresses; else they and the ports are 0
 * @param originatorHigh upper half of the client's address, as in {@link Flow}
 * @param names what else it told, by the constants here
 * @see "HAProxy: The PROXY protocol, versions 1 and 2"
 */
public record ProxyHeader(
    int version,
    boolean isLocal,
    boolean hasAddresses,
    long originatorHigh,
    long originatorLow,
    int originatorPort,
    long responderHigh,
    long responderLow,
    int responderPort,
    Map<String, String> names) {

  public static final String AUTHORITY = "authority";
  public static final String ALPN = "alpn";
  public static final String UNIQUE_ID = "unique_id";
  public static final String TLS_VERSION = "tls_version";
  public static final String CLIENT_NAME = "client_name";
  public static final String NAMESPACE = "netns";
  public static final String ENDPOINT = "endpoint";

  /** Copies the names. */
  public ProxyHeader {
    names = Map.copyOf(names);
  }
}

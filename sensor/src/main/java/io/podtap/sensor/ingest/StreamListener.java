/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.ingest;

import io.podtap.core.config.Endpoint;
import io.podtap.core.trust.TrustFiles;
import io.podtap.sensor.stream.StreamLimits;
import java.util.List;

/**
 * Where streams of packets over TLS come in.
 *
 * @param endpoint address and TCP port
 * @param files this sensor's certificate and key, and whom it believes
 * @param taps names of which a tap's certificate must have one, see {@link
 *     io.podtap.core.trust.PeerNames#match}; empty for any that the authorities have signed
 * @param bindsNamespaces whether a tap may only claim a namespace that its certificate names
 * @param trustDomain of SPIFFE IDs that name namespaces; empty for any
 */
public record StreamListener(
    Endpoint endpoint,
    TrustFiles files,
    List<String> taps,
    boolean bindsNamespaces,
    String trustDomain,
    StreamLimits limits) {

  /** For SPIFFE IDs of any trust domain. */
  public StreamListener(
      Endpoint endpoint,
      TrustFiles files,
      List<String> taps,
      boolean bindsNamespaces,
      StreamLimits limits) {
    this(endpoint, files, taps, bindsNamespaces, "", limits);
  }

  public StreamListener {
    taps = List.copyOf(taps);
  }
}

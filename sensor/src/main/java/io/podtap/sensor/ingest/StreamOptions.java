/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.ingest;

import io.podtap.core.config.DefaultPorts;
import io.podtap.core.config.Endpoint;
import io.podtap.core.config.SettingsException;
import io.podtap.core.trust.TrustFiles;
import io.podtap.sensor.stream.StreamLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of streams over TLS. */
final class StreamOptions {

  @Option(
      names = "--listen-tls",
      paramLabel = "ADDRESS[:PORT]",
      description = "Address for taps with --transport tls (default port: 6343).")
  private String listen = "";

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "With --listen-tls: this sensor's certificate, PEM; reloaded when it changes.")
  private @Nullable Path certificate;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "With --listen-tls: its private key, PEM.")
  private @Nullable Path key;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "With --listen-tls: CA certificates for taps, PEM.")
  private @Nullable Path authorities;

  @Option(
      names = "--tap-name",
      paramLabel = "NAME[,...]",
      description =
          "With --listen-tls: trust only certificates with one of these DNS names, addresses or"
              + " URIs (spiffe://DOMAIN/ns/NAMESPACE/*).")
  private String tapNames = "";

  @Option(
      names = "--bind-namespaces",
      description =
          "With --listen-tls: reject a tap that does not state its namespace, or one that its"
              + " certificate (spiffe://DOMAIN/ns/NAMESPACE/...) does not name; records call it"
              + " NAMESPACE/ID.")
  private boolean bindsNamespaces;

  @Option(
      names = "--trust-domain",
      paramLabel = "DOMAIN",
      description = "With --bind-namespaces: the only trust domain accepted (default: any).")
  private String trustDomain = "";

  @Option(
      names = "--crl",
      paramLabel = "FILE",
      description =
          "With --listen-tls: revocation lists of the CAs, PEM or DER; reloaded when it changes.")
  private @Nullable Path revocations;

  /** Returns whether streams are wanted. */
  boolean isGiven() {
    return !listen.isEmpty();
  }

  /**
   * Returns where streams come in, or null.
   *
   * @param also of {@code --listen}, what is for streams
   * @throws SettingsException when what TLS needs is missing, or given without it
   */
  @Nullable StreamListener listener(List<String> also) {
    List<String> all = new ArrayList<>(also);
    if (isGiven()) {
      all.add(listen);
    }
    if (all.size() > 1) {
      throw new SettingsException("more than one address for streams over TLS: " + all);
    }
    if (all.isEmpty()) {
      if (certificate != null
          || key != null
          || authorities != null
          || revocations != null
          || bindsNamespaces) {
        throw new SettingsException(
            "--cert, --key, --ca, --crl and --bind-namespaces need --listen-tls");
      }
      return null;
    }
    if (!trustDomain.isEmpty() && !bindsNamespaces) {
      throw new SettingsException("--trust-domain needs --bind-namespaces");
    }
    List<String> names =
        Arrays.stream(tapNames.split(",", -1))
            .map(String::strip)
            .filter(n -> !n.isEmpty())
            .toList();
    return new StreamListener(
        Endpoint.parse(all.getFirst(), DefaultPorts.STREAM),
        TrustFiles.of(certificate, key, authorities).revocations(revocations),
        names,
        bindsNamespaces,
        trustDomain,
        StreamLimits.DEFAULT);
  }
}

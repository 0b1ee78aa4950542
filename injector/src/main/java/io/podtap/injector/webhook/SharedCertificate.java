/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import io.podtap.core.config.SettingsException;
import io.podtap.core.trust.CurrentIdentity;
import io.podtap.core.trust.Identity;
import io.podtap.core.trust.authority.Authority;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.tree.Tree;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A certificate of the webhook's own, shared by its replicas in a Secret and made known to the API
 * server as {@code caBundle}.
 *
 * <p>Whoever finds none, or one that ends within a third of its life, makes another and writes it;
 * of two at once the Secret's version lets one through, and the other takes over what it wrote. So
 * no leader is needed. The bundle keeps the former authority until it ends, and the new identity is
 * shown only after the API server has been told of it: replicas with the old and with the new one
 * are both believed at every moment.
 */
final class SharedCertificate implements IdentitySource {

  private static final String CONFIGURATIONS =
      "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/";
  private static final String JSON = "application/json";
  private static final String JSON_PATCH = "application/json-patch+json";
  private static final int CONFLICT = 409;
  private static final int NOT_FOUND = 404;
  private static final int ATTEMPTS_MAX = 5;
  private static final long PAUSE_MS = 30_000;

  private final ClusterApi api;
  private final OwnCertificate settings;
  private final Clock clock;
  private final CurrentIdentity current;
  private String shown = "";

  /**
   * Seen and made known, and shown from the next look on: API servers take a moment to hear of it.
   */
  private String next = "";

  private volatile String problem = "";

  /** What the Secret has. */
  private record Stored(String chain, String key, String bundle, Identity identity) {}

  private SharedCertificate(ClusterApi api, OwnCertificate settings, Clock clock)
      throws IOException, GeneralSecurityException {
    this.api = api;
    this.settings = settings;
    this.clock = clock;
    Stored stored = ensure();
    current = new CurrentIdentity(stored.identity());
    shown = stored.chain();
  }

  /**
   * Takes the certificate that there is, or makes the first, and tells the API server.
   *
   * @throws SettingsException with the request that failed and why
   */
  static SharedCertificate open(ClusterApi api, OwnCertificate settings, Clock clock) {
    try {
      SharedCertificate certificate = new SharedCertificate(api, settings, clock);
      certificate.look();
      return certificate;
    } catch (IOException | GeneralSecurityException e) {
      throw new SettingsException("the webhook's own certificate: " + e.getMessage(), e);
    }
  }

  @Override
  public long pauseMs() {
    return PAUSE_MS;
  }

  @Override
  public CurrentIdentity current() {
    return current;
  }

  @Override
  public String problem() {
    return problem;
  }

  @Override
  public boolean look() {
    try {
      Stored stored = ensure();
      publish(stored.bundle());
      problem = "";
      boolean isKnown = stored.chain().equals(next);
      next = stored.chain();
      if (!isKnown || stored.chain().equals(shown)) {
        return false;
      }
      current.set(stored.identity());
      shown = stored.chain();
      return true;
    } catch (IOException | GeneralSecurityException e) {
      problem = String.valueOf(e.getMessage());
      return false;
    }
  }

  private String secrets() throws IOException {
    return "/api/v1/namespaces/" + api.namespace() + "/secrets";
  }

  /** Returns what the Secret has, after renewing it where it is time to. */
  private Stored ensure() throws IOException, GeneralSecurityException {
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      ClusterApi.Answer answer = api.get(secrets() + '/' + settings.secret());
      if (!answer.isGood() && answer.status() != NOT_FOUND) {
        throw new IOException("GET secret " + settings.secret() + ": " + answer.reason());
      }
      Stored stored = answer.isGood() ? parse(answer.object()) : null;
      if (stored != null && !isLate(stored.identity())) {
        return stored;
      }
      ClusterApi.Answer written = write(answer, stored);
      Stored ours = written.isGood() ? parse(written.object()) : null;
      if (ours != null) {
        return ours;
      }
      if (!written.isGood() && written.status() != CONFLICT) {
        throw new IOException("writing secret " + settings.secret() + ": " + written.reason());
      }
    }
    throw new IOException("secret " + settings.secret() + " is written by others all the time");
  }

  private boolean isLate(Identity identity) {
    Duration third = Duration.ofDays(settings.days()).dividedBy(3);
    return identity.end().minus(third).isBefore(clock.instant());
  }

  private static @Nullable Stored parse(Map<String, @Nullable Object> secret) {
    try {
      String chain = decoded(secret, "tls.crt");
      String key = decoded(secret, "tls.key");
      return new Stored(chain, key, decoded(secret, "ca.crt"), Identity.parse(chain, key));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return null; // somebody wrote something else: it is replaced
    }
  }

  private static String decoded(Map<String, @Nullable Object> secret, String key) {
    return new String(
        Base64.getDecoder().decode(Tree.text(secret, "data", key)), StandardCharsets.US_ASCII);
  }

  private ClusterApi.Answer write(ClusterApi.Answer former, @Nullable Stored stored)
      throws IOException, GeneralSecurityException {
    // an authority for this one certificate: its key is thrown away
    Authority authority = Authority.make("podtap-webhook-authority", settings.days());
    Authority.Issued made =
        authority.issue(
            new Authority.Request(
                settings.names().getFirst(),
                settings.names().stream().map(name -> "dns:" + name).toList(),
                Authority.Usage.SERVER,
                settings.days()));
    String bundle = authority.certificate() + (stored == null ? "" : alive(stored.bundle()));
    Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
    metadata.put("name", settings.secret());
    String type = "kubernetes.io/tls";
    if (former.isGood()) {
      // What an installer made and named its own stays its own.
      Map<String, @Nullable Object> found = Tree.map(former.object().get("metadata"));
      for (String kept : List.of("resourceVersion", "labels", "annotations", "ownerReferences")) {
        if (found.containsKey(kept)) {
          metadata.put(kept, found.get(kept));
        }
      }
      type = Tree.text(former.object(), "type");
    }
    Map<String, @Nullable Object> secret = new LinkedHashMap<>();
    secret.put("apiVersion", "v1");
    secret.put("kind", "Secret");
    secret.put("type", type);
    secret.put("metadata", metadata);
    secret.put(
        "data",
        Map.of(
            "tls.crt", encoded(made.chain()),
            "tls.key", encoded(made.key()),
            "ca.crt", encoded(bundle)));
    return former.isGood()
        ? api.send("PUT", secrets() + '/' + settings.secret(), JSON, secret)
        : api.send("POST", secrets(), JSON, secret);
  }

  /** Returns the authorities of a bundle that have not ended. */
  private String alive(String bundle) throws GeneralSecurityException {
    Instant now = clock.instant();
    StringBuilder alive = new StringBuilder();
    for (String pem : bundle.split("(?<=-----END CERTIFICATE-----\n)", -1)) {
      if (pem.isBlank()) {
        continue;
      }
      X509Certificate authority =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(
                      new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
      if (authority.getNotAfter().toInstant().isAfter(now)) {
        alive.append(pem);
      }
    }
    return alive.toString();
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Tells the API server whom to believe, unless it knows. */
  private void publish(String bundle) throws IOException {
    String path = CONFIGURATIONS + settings.configuration();
    ClusterApi.Answer answer = api.get(path);
    if (!answer.isGood()) {
      throw new IOException(
          "GET mutatingwebhookconfiguration " + settings.configuration() + ": " + answer.reason());
    }
    List<@Nullable Object> patch = new ArrayList<>();
    List<@Nullable Object> webhooks = Tree.list(answer.object().get("webhooks"));
    for (int i = 0; i < webhooks.size(); i++) {
      if (!Tree.text(webhooks.get(i), "clientConfig", "caBundle").equals(encoded(bundle))) {
        String pointer = "/webhooks/" + i;
        patch.add(operation("test", pointer + "/name", Tree.text(webhooks.get(i), "name")));
        patch.add(operation("add", pointer + "/clientConfig/caBundle", encoded(bundle)));
      }
    }
    if (patch.isEmpty()) {
      return;
    }
    ClusterApi.Answer patched = api.send("PATCH", path, JSON_PATCH, patch);
    if (!patched.isGood()) {
      throw new IOException(
          "PATCH mutatingwebhookconfiguration "
              + settings.configuration()
              + ": "
              + patched.reason());
    }
  }

  private static Map<String, @Nullable Object> operation(
      String operation, String pointer, String value) {
    return Map.of("op", operation, "path", pointer, "value", value);
  }
}

/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import io.podtap.core.config.SettingsException;
import io.podtap.core.kubernetes.ServiceAccount;
import io.podtap.core.trust.CurrentIdentity;
import io.podtap.injector.cluster.ClusterApi;
import java.nio.file.Path;
import java.time.Clock;

/** Where the server's certificate comes from. */
public interface IdentitySource {

  /**
   * Returns {@code tls.crt} and {@code tls.key} of a folder, as cert-manager writes them.
   *
   * @throws SettingsException when they are missing or do not belong together
   */
  static IdentitySource inFolder(Path folder) {
    return CertificateFiles.open(folder);
  }

  /**
   * Returns a certificate of the webhook's own, shared by its replicas.
   *
   * @throws SettingsException when the API server cannot be reached or does not allow it
   */
  static IdentitySource own(ServiceAccount account, OwnCertificate settings) {
    return SharedCertificate.open(ClusterApi.of(account), settings, Clock.systemUTC());
  }

  /** Returns the identity that connections are shown. */
  CurrentIdentity current();

  /**
   * Takes over what has changed; what cannot be read leaves the identity as it was. One thread, now
   * and then.
   *
   * @return whether the identity is another one now
   */
  boolean look();

  /** Returns how long to wait from one look to the next. */
  long pauseMs();

  /** Returns why the last look failed, or an empty text. */
  String problem();
}
